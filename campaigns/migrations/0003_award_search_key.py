"""Awards get the key by which their name is found without accents."""

from django.db import migrations, models

from organizations.names import fold


def _fill(apps, editor):
    for award in apps.get_model("campaigns", "CampaignAward").objects.all():
        award.search_key = fold(award.name)[:150]
        award.save(update_fields=["search_key"])


class Migration(migrations.Migration):
    """A column, filled from the names there are."""

    dependencies = [("campaigns", "0002_deadline_rules")]

    operations = [
        migrations.AddField("campaignaward", "search_key", models.CharField(default="", editable=False, max_length=150)),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
