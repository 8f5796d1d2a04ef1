"""What a row of the desk tells of its dossier, as subqueries of the row's own statement; each reads one dossier."""

from typing import Any

from django.db.models import Exists, F, JSONField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from campaigns.models import Criterion, NomineeKind
from dossiers.holding import Seen
from dossiers.models import Nomination, Verdict
from dossiers.states import JUDGING, Judgement

SUMMED = {Judgement.PASS: "passed", Judgement.SUPPLEMENT: "returned"}  # the verdicts a row counts


class Tally(Subquery):
    """Names of one dossier summed up in one object; each name's columns, its verdict among them, are asked once."""

    template = "(SELECT %(object)s(%(pairs)s) FROM (%(subquery)s) AS name)"
    output_field = JSONField()

    def as_sql(self, compiler: Any, connection: Any, template: str | None = None, **extra: Any) -> Any:
        """The function that makes an object has another name in each database."""
        made = {"postgresql": "jsonb_build_object", "sqlite": "json_object"}[connection.vendor]
        return super().as_sql(compiler, connection, template, object=made, **extra)


def names_figures() -> Tally:
    """Names of a step's dossier: {total, standing, people, awards, award, short, and `PROPOSING_passed` …}.

    award     the first award's name, of so many `awards`
    short     names still in whose result is below what the plan asks
    *_passed  names still in by the latest verdict and the desk that gave it; `returned`: to be supplemented
    """
    names = Nomination.objects.filter(dossier=OuterRef("process__dossier")).order_by()
    latest = Verdict.objects.filter(nomination=OuterRef("pk")).order_by("-pk")
    asked = Criterion.objects.filter(
        campaign=OuterRef(OuterRef("process__dossier__campaign")), least_percent__isnull=False
    ).order_by()  # fmt: skip
    said = latest.annotate(said=Concat("desk", Value(" "), "judgement")).values("said")[:1]
    columns = names.values(
        out=F("left"), what=F("kind"), which=F("award"), called=F("award__name"), got=F("result_percent"),
        least=Subquery(asked.values("least_percent")[:1]), said=Subquery(said),
    )  # fmt: skip
    return Tally(columns, pairs=", ".join(f"'{key}', {sql}" for key, sql in _sums().items()))


def _sums() -> dict[str, str]:
    """What is summed over the columns above, as both databases say it."""
    verdicts = {
        f"{desk}_{word}": f"name.said = '{desk} {judgement}'"
        for desk in map(str, JUDGING) for judgement, word in SUMMED.items()
    }  # fmt: skip
    standing = {"standing": "true", "short": "name.got < name.least", **verdicts}
    return {
        "total": "COUNT(*)",
        "people": f"COUNT(*) FILTER (WHERE name.what = '{NomineeKind.PERSON}')",
        "awards": "COUNT(DISTINCT name.which)",
        "award": "MIN(name.called)",
        **{key: f"COUNT(*) FILTER (WHERE name.out = '' AND {asked})" for key, asked in standing.items()},
    }


def seen_version(person: Any) -> Subquery:
    """The version of a step's dossier that this person opened last, or NULL."""
    return _seen(person, OuterRef("process__dossier"))


def _seen(person: Any, dossier: Any) -> Subquery:
    return Subquery(Seen.objects.filter(person=person.pk, dossier=dossier).values("version"))


def changed_since(person: Any, steps: Any) -> Any:
    """Of these steps, those whose dossier others changed after this person last opened it."""
    older = Seen.objects.filter(
        person=person.pk, dossier=OuterRef("process__dossier"),
        version__lt=OuterRef("process__dossier__chain_position"),
    )  # fmt: skip
    own = Q(process__dossier__changed_by=person.pk) | Q(process__dossier__changed_for=person.pk)
    return steps.filter(Exists(older)).exclude(own)
