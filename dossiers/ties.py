"""What ties a person to a dossier, as parts of a question: so that no act and no page asks for it apart."""

from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, IntegerField, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject

from audit.models import Entry, Kind
from organizations.models import Office

NOMINEE = "NOMINEE"
# the desks that look at what those before them did; one person in another's name is never two of them on one dossier
CHECKS = (Office.AUTHOR, Office.UNIT_HEAD, Office.FINANCE, Office.HOME_AFFAIRS, Office.SIGNATORY)


def is_nominee(dossiers: Any, person: Any, ref: Any = "pk") -> Exists:
    """Whether this person was ever put forward in the dossier, still in or not."""
    names = dossiers.nominations.rel.related_model.objects.order_by()
    return Exists(names.filter(dossier=OuterRef(ref), person=person))


def declared(dossiers: Any, person: Any, ref: Any = "pk") -> Any:
    """Recusals of this person in force on the dossier."""
    rows = dossiers.recusals.rel.related_model.objects.order_by()
    return rows.filter(dossier=OuterRef(ref), person=person, withdrawn_at=None)


def tie(dossiers: Any, person: Any, ref: str = "pk") -> Case:
    """NOMINEE, the relation they declared, or empty.

    dossiers  the class of dossiers
    person    a person or their id
    ref       where the question around this one has the dossier's id
    """
    relation = Coalesce(Subquery(declared(dossiers, person, ref).values("relation")[:1]), Value(""))
    return Case(
        When(is_nominee(dossiers, person, ref), then=Value(NOMINEE)), default=relation, output_field=CharField()
    )


def checks_done(dossiers: Any, pk: Any, person: Any, since: datetime) -> Subquery:
    """Where in CHECKS this person first acted on a dossier: {first, lent: only in another's name}, or NULL.

    pk        its id, or where the question around this one has it
    since     when the dossier was opened: the ledger's months before are not asked, each costs a look
    """
    acts = Entry.objects.filter(
        chain_type=dossiers._meta.label_lower, chain_id=pk, at__gte=since, kind=Kind.ACT, actor=person,
        office__in=CHECKS,
    ).order_by()  # fmt: skip
    place = Case(*[When(office=office, then=Value(i)) for i, office in enumerate(CHECKS)], output_field=IntegerField())
    checks = JSONObject(first=Min(place), lent=Min(place, filter=Q(behalf_id__isnull=False)))
    return Subquery(acts.values("chain_id").annotate(checks=checks).values("checks"))
