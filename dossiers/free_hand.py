"""Who may not act on a dossier though the office is theirs: its nominee, their kin, who did an earlier desk."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from audit.ledger import Actor
from audit.models import Entry, Kind
from organizations.models import Office, Person, Place

from .errors import NotNow
from .holding import Recusal
from .models import Dossier, Nomination
from .ties import CHECKS, NOMINEE, tie


class Recused(NotNow, PermissionDenied):
    """This person takes no part in this dossier; a colleague, or who stands in for them, does.

    Where no form can show the sentence it is answered with 403 and says it there.
    """


def tie_sentence(found: str) -> str:
    """Why this tie keeps a reviewer from acting, or nothing when there is none."""
    if not found:
        return ""
    if found == NOMINEE:
        return _("Bạn là người được đề nghị trong hồ sơ này nên không tham gia xem xét; bạn vẫn đọc được hồ sơ.")
    told = {"relation": Recusal.Relation(found).label}
    return _("Bạn đã khai có liên quan (%(relation)s) nên không tham gia xem xét; bạn vẫn đọc được hồ sơ.") % told


def twice_sentence(office: str, *, lent_now: bool, first: int | None, lent: int | None) -> str:
    """Why two desks of one dossier would be one hand here, or nothing.

    lent_now  the office is done in another's name
    first     place in CHECKS of the first desk at which they acted; `lent`: of those in another's name
    """
    if office not in CHECKS:
        return ""
    here = CHECKS.index(Office(office))
    if office == Office.UNIT_HEAD and not lent_now:
        return ""  # a head may draw up what they sign; law keeps these two apart for nobody who is both
    before = first if lent_now else lent
    if before is None or before >= here:
        return ""
    told = {"office": CHECKS[before].label}
    return _("Bạn đã làm việc của “%(office)s” ở hồ sơ này: khâu sau phải do người khác làm.") % told


def require_free_hand(dossier: Dossier, place: str | None, by: Actor) -> None:
    """Asked under the lock, of a dossier read by `locked` for this person.

    Raises    Recused
    """
    said = twice_sentence(by.office, lent_now=by.behalf is not None, first=dossier.first_check, lent=dossier.lent_check)
    if place != Place.UNIT:
        said = tie_sentence(dossier.tie) or said
    if said:
        raise Recused(said)


def require_no_tie(dossier: Dossier, person: Any) -> None:
    """Asked before a desk changes what belongs to a dossier besides acting on it: papers, agenda, draft decision.

    Raises    Recused
    """
    if said := tie_sentence(tie_to(dossier, person)):
        raise Recused(said)


def tie_to(dossier: Dossier, person: Any) -> str:
    """What ties this person to the dossier; one statement unless it was read with it."""
    if "tie" not in dossier.__dict__:
        found = Dossier.objects.filter(pk=dossier.pk).values_list(tie(Dossier, person.pk))
        dossier.tie = found.get()[0]
    return dossier.tie


def with_ties(people: QuerySet[Person], dossier: Dossier) -> QuerySet[Person]:
    """These people with `tied`: put forward in the dossier, or declared to keep away from it."""
    names = Nomination.objects.order_by().filter(dossier=dossier.pk, person=OuterRef("pk"))
    kept_away = Recusal.objects.order_by().filter(dossier=dossier.pk, person=OuterRef("pk"), withdrawn_at=None)
    return people.annotate(tied=Exists(names) | Exists(kept_away))


def sole_of(free: list[Person]) -> Person | None:
    """The one person who can do a new step: of its holders, or when none of them can, of who stands in for them."""
    first = [person for person in free if person.appointed] or free
    return first[0] if len(first) == 1 else None


def twice(entries: Iterable[Entry], person: Any, office: str, *, lent_now: bool) -> str:
    """The sentence of `twice_sentence` from the dossier's own story, for a page that has read it."""
    mine = [entry for entry in entries if entry.kind == Kind.ACT and entry.actor_id == person.pk]
    places = [(CHECKS.index(Office(entry.office)), entry) for entry in mine if entry.office in CHECKS]
    return twice_sentence(
        office, lent_now=lent_now, first=min((place for place, _entry in places), default=None),
        lent=min((place for place, entry in places if entry.behalf_name), default=None),
    )  # fmt: skip
