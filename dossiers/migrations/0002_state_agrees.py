"""On PostgreSQL the state of a dossier must equal its last act's target when a transaction commits."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION dossier_state_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held record; written text;
BEGIN
  SELECT state, moved_at INTO held FROM dossiers_dossier WHERE id = NEW.id;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT e.target INTO written FROM audit_entry e
   WHERE e.chain_type = 'dossiers.dossier' AND e.chain_id = NEW.id AND e.kind = 'ACT' AND e.at >= held.moved_at
   ORDER BY e.position DESC LIMIT 1;
  IF held.state IS DISTINCT FROM written THEN
    RAISE EXCEPTION 'dossier % is % but the ledger says %', NEW.id, held.state, written;
  END IF;
  RETURN NULL;
END $$
"""

TRIGGER = """
CREATE CONSTRAINT TRIGGER dossier_state_agrees AFTER INSERT OR UPDATE OF state, moved_at ON dossiers_dossier
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dossier_state_agrees()
"""


def guard(apps, editor):
    """PostgreSQL only: SQLite has no deferred constraint triggers; the door and the walk tests hold it there."""
    if editor.connection.vendor == "postgresql":
        editor.execute(FUNCTION, params=None)
        editor.execute(TRIGGER, params=None)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial"), ("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
