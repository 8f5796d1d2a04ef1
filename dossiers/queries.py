"""Questions about dossiers; there is no way to read them that does not ask who reads."""

from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import CampaignAward
from organizations.names import fold

from .sight import heard, visible
from .ties import checks_done, declared, is_nominee, tie


class DossierQuerySet(models.QuerySet):
    """Dossiers as people may see them."""

    def visible_to(self, person: Any) -> "DossierQuerySet":
        """Dossiers this person may read today, by the offices held; none without one."""
        return self.filter(visible(person))

    def heard_by(self, person: Any) -> "DossierQuerySet":
        """Of these, the ones whose verdicts, ballots and struck lines this person may read too."""
        return self.filter(heard(person))

    def search(self, words: str) -> "DossierQuerySet":
        """Dossiers whose code, unit, a nominee or an award has every word; accents ignored.

        Words of which nothing is left to look for find nothing.
        """
        nomination = self.model.nominations.rel.related_model
        wanted = fold(words).split()[:8]
        if words.strip() and not wanted:
            return self.none()
        found = self
        for word in wanted:
            names = nomination.objects.filter(dossier=OuterRef("pk"))
            awards = CampaignAward.objects.filter(search_key__contains=word).order_by().values("pk")
            named, asked = names.filter(search_key__contains=word), names.filter(award__in=awards)
            found = found.filter(Q(search_key__contains=word) | Exists(named) | Exists(asked))
        return found

    def counted(self) -> "DossierQuerySet":
        """With `total` nominations and those still `standing`."""
        return self.annotate(
            total=Count("nominations", distinct=True),
            standing=Count("nominations", filter=Q(nominations__left=""), distinct=True),
        )

    def locked(self, pk: int, person: Any = None) -> Any:
        """One dossier under a blocking row lock, then read with its campaign, unit, decision and `receipts_given`.

        person    also with what ties this person to it: `tie`, `first_check`, `lent_check`
        Two statements: what a single one joins is as old as the moment it began to wait for the lock.
        """
        opened_at = self.select_for_update().values_list("opened_at", flat=True).get(pk=pk)
        receipts = self.model.receipts.rel.related_model.objects.filter(dossier=OuterRef("pk")).order_by()
        given = receipts.values("dossier").annotate(n=Count("pk")).values("n")
        told = {} if person is None else {
            "tie": tie(self.model, person.pk), "checks": checks_done(self.model, pk, person.pk, opened_at),
        }  # fmt: skip
        rows = self.select_related("campaign", "unit", "decision")
        dossier = rows.annotate(receipts_given=Coalesce(Subquery(given), 0), **told).get(pk=pk)
        return _with_checks(dossier)

    def locked_in(self, decision: Any, person: Any) -> list[Any]:
        """The dossiers of a draft under their row locks, by key, each read with what ties this person to it.

        Returns   with `tie`, `first_check`, `lent_check` as `locked` gives them; two statements however many
        """
        mine = self.filter(decision=decision).order_by("pk")
        opened = list(mine.select_for_update().values_list("opened_at", flat=True))
        if not opened:
            return []
        checks = checks_done(self.model, OuterRef("pk"), person.pk, min(opened))
        return [_with_checks(one) for one in mine.annotate(tie=tie(self.model, person.pk), checks=checks)]

    def tied_to(self, person: Any) -> "DossierQuerySet":
        """Dossiers in which this person is put forward, or from which they declared to keep away."""
        return self.filter(is_nominee(self.model, person.pk) | Exists(declared(self.model, person.pk)))


def _with_checks(dossier: Any) -> Any:
    """The dossier with the two answers of `checks` as attributes."""
    checks = getattr(dossier, "checks", None) or {}
    dossier.first_check, dossier.lent_check = checks.get("first"), checks.get("lent")
    return dossier
