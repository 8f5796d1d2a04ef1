"""Questions about dossiers; there is no way to read them that does not ask who reads."""

from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import CampaignPlace
from organizations.models import Office, Place
from organizations.names import fold

from .states import FINAL, WITH_UNIT, Reach, State

AT_COUNCIL = (Office.SECRETARY, Office.COUNCIL_MEMBER, Office.COUNCIL_CHAIR)
TOLD = (*WITH_UNIT, *FINAL)  # states in which the unit reads what was said of its names
# office -> (place it must be held at, how far the dossier must have come).  Source: domain.md 2.1
SEES_FROM = {
    Office.FINANCE: (Place.FINANCE_BODY, Reach.SUBMITTED),
    Office.HOME_AFFAIRS: (Place.STANDING_BODY, Reach.SUBMITTED),
    Office.CHANCERY: (Place.AUTHORITY, Reach.SUBMITTED),
    **dict.fromkeys(AT_COUNCIL, (Place.COUNCIL, Reach.COUNCIL)),
    Office.SIGNATORY: (Place.AUTHORITY, Reach.SIGNATORY),
}


class DossierQuerySet(models.QuerySet):
    """Dossiers as people may see them."""

    def visible_to(self, person: Any) -> "DossierQuerySet":
        """Dossiers this person may read today, by the offices held; none without one."""
        seen = Q(pk__in=[])
        for held in person.offices_today():
            seen |= _seen_from(held)
        return self.filter(seen)

    def heard_by(self, person: Any) -> "DossierQuerySet":
        """Of these, the ones whose verdicts, ballots and struck lines this person may read too.

        The unit reads them when the dossier is returned and at the end; never who voted how.  Source: domain.md 2.1
        """
        heard = Q(pk__in=[])
        for held in person.offices_today():
            heard |= _as_desk(held) | (_as_unit(held) & Q(state__in=TOLD))
        return self.filter(heard)

    def search(self, words: str) -> "DossierQuerySet":
        """Dossiers whose code, unit, or a nominee's name has every word; accents ignored."""
        nomination = self.model.nominations.rel.related_model
        found = self
        for word in fold(words).split()[:8]:
            named = nomination.objects.filter(dossier=OuterRef("pk"), search_key__contains=word)
            found = found.filter(Q(search_key__contains=word) | Exists(named))
        return found

    def counted(self) -> "DossierQuerySet":
        """With `total` nominations and those still `standing`."""
        return self.annotate(
            total=Count("nominations", distinct=True),
            standing=Count("nominations", filter=Q(nominations__left=""), distinct=True),
        )

    def locked(self, pk: int) -> Any:
        """One dossier under a blocking row lock, then read with its campaign, unit, decision and `receipts_given`.

        Two statements: what a single one joins is as old as the moment it began to wait for the lock.
        """
        self.select_for_update().values_list("pk").get(pk=pk)
        receipts = self.model.receipts.rel.related_model.objects.filter(dossier=OuterRef("pk")).order_by()
        given = receipts.values("dossier").annotate(n=Count("pk")).values("n")
        rows = self.select_related("campaign", "unit", "decision")
        return rows.annotate(receipts_given=Coalesce(Subquery(given), 0)).get(pk=pk)


def _seen_from(held: Any) -> Q:
    """What one appointment lets its holder read."""
    return _as_unit(held) | _as_desk(held)


def _as_unit(held: Any) -> Q:
    """The dossiers of one's own unit."""
    return Q(unit=held.organization_id) if held.office in (Office.AUTHOR, Office.UNIT_HEAD) else Q(pk__in=[])


def _as_desk(held: Any) -> Q:
    """The dossiers that came to one's desk, or lie in one's realm."""
    if held.office == Office.UNIT_HEAD:
        return _headed(held)
    if held.office == Office.INSPECTOR:
        return Q(unit__path__startswith=held.organization.path)
    if held.office in SEES_FROM:
        place, reach = SEES_FROM[held.office]
        return Q(campaign__in=_campaigns(place, held), reach__gte=reach)
    return Q(pk__in=[])


def _headed(held: Any) -> Q:
    """The head of a desk sees what the desk sees; the standing office's head also what lapsed, to accept it late."""
    finance = Q(campaign__in=_campaigns(Place.FINANCE_BODY, held), reach__gte=Reach.SUBMITTED)
    standing = Q(campaign__in=_campaigns(Place.STANDING_BODY, held)) & (
        Q(reach__gte=Reach.SUBMITTED) | Q(state=State.LAPSED)
    )
    return finance | standing


def _campaigns(place: str, held: Any) -> Any:
    """Campaigns in which the body of this appointment stands at a place."""
    return CampaignPlace.objects.filter(place=place, organization=held.organization_id).values("campaign")
