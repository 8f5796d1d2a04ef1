"""Ways to look at the desk, kept by name: one's own, and those that colleagues share with everyone of a body."""

from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, witness
from dossiers.errors import Unfit
from organizations.models import Appointment, Organization, Person

from .desk_models import SavedFilter
from .desk_wish import MOST_LETTERS, Wish

MOST_OWN, MOST_SHOWN = 30, 60  # of one person; on one desk, with those that others share


def saved_for(person: Person) -> list[Any]:
    """Filters this person may use, own ones first: `mine`, and `shared_by` the name of whoever shares one.

    A sharing ends with the office: it lasts while its owner and its reader are both of the body.
    """
    bodies = {held.organization_id for held in person.offices_today()}
    theirs = Appointment.objects.today().filter(person=OuterRef("person"), organization=OuterRef("organization"))
    shared = Q(organization__in=bodies) & Exists(theirs)
    rows = SavedFilter.objects.filter(Q(person=person.pk) | shared).select_related("person", "organization")
    others = Case(When(person=person.pk, then=0), default=1)
    found = list(rows.order_by(others, "name", "pk")[:MOST_SHOWN])
    for one in found:
        one.mine = one.person_id == person.pk
        one.shared_by = "" if one.mine else one.person.full_name
    return found


def bodies_of(person: Person) -> list[Organization]:
    """The bodies with whose people one may share."""
    return list({held.organization_id: held.organization for held in person.offices_today()}.values())


@transaction.atomic
def save_filter(
    query: str, *, by: Actor, name: str, organization: Organization | None, is_default: bool, pk: int | None = None
) -> SavedFilter:
    """Keep a view by name, or change the name and the sharing of one's own.

    Raises    Unfit: the name is taken, there are too many, the view cannot be read, the body is not one's own
    """
    own = _locked(by)
    others = own.exclude(pk=pk)
    if others.filter(name=name).exists():
        raise Unfit(_("Bạn đã có bộ lọc tên “%(name)s”. Hãy đặt tên khác.") % {"name": name})
    if pk is None and own.count() >= MOST_OWN:
        raise Unfit(_("Bạn đã giữ %(n)d bộ lọc. Hãy xoá bớt rồi lưu.") % {"n": MOST_OWN})
    if organization is not None and organization not in bodies_of(by.person):
        raise Unfit(_("Chỉ dùng chung được với người cùng cơ quan bạn đang giữ chức trách."))
    if is_default:
        others.filter(is_default=True).update(is_default=False)
    kept = SavedFilter(person=by.person, at=now()) if pk is None else own.get(pk=pk)
    kept.name, kept.organization, kept.is_default = name, organization, is_default
    kept.query = canonical(query) if pk is None else kept.query
    kept.save()
    shared = organization.name if organization else ""
    facts = {"name": name, "query": kept.query, "shared": shared, "default": is_default}
    witness("save_filter", by=by, facts=facts)
    return kept


@transaction.atomic
def remove_filter(pk: int, *, by: Actor) -> None:
    """Forget one's own filter; nobody it was shared with has it any longer."""
    kept = _locked(by).get(pk=pk)
    witness("remove_filter", by=by, facts={"name": kept.name, "query": kept.query})
    kept.delete()


def _locked(by: Actor) -> Any:
    """One's own filters, while nobody else in one's name can change them."""
    Person.objects.select_for_update().only("pk").get(pk=by.person.pk)
    return SavedFilter.objects.filter(person=by.person.pk)


def canonical(query: str) -> str:
    """The view as it is kept, without the page.

    Raises    Unfit when it cannot be read, or is too long
    """
    wish = Wish.of(query)
    if wish.illegible or len(wish.query) > MOST_LETTERS:
        raise Unfit(_("Bộ lọc trong địa chỉ này không đọc được. Hãy lọc lại ở bàn việc rồi lưu."))
    return wish.query
