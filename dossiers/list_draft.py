"""A list between being handed in and being taken in: right lines wait to be accepted, wrong ones to be corrected.

It is kept for its author alone (Scratch, form "list"), so that nothing typed is lost when the page is left.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.ledger import Actor
from campaigns.models import CampaignAward
from organizations.names import fold

from . import edits
from .draft_forms import percent_text
from .models import Dossier, Scratch
from .nominee_cells import COLUMNS, KINDS, SEXES
from .nominee_list import ListReport, Row

FORM = "list"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what a database cannot keep, even of text that is wrong anyway


@dataclass
class Waiting:
    """A list that waits: its rows as read, headings not used, where it came from."""

    rows: list[Row] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    source: str = ""
    at: datetime | None = None

    @property
    def right(self) -> list[Row]:
        """Rows that can be accepted."""
        return [row for row in self.rows if not row.errors]

    @property
    def wrong(self) -> list[Row]:
        """Rows to correct."""
        return [row for row in self.rows if row.errors]


def awards_of(dossier: Dossier) -> dict[str, CampaignAward]:
    """{code: award} of the campaign, in its order."""
    return {award.code: award for award in dossier.campaign.awards.all()}


def names_of(awards: Mapping[str, CampaignAward]) -> dict[str, str]:
    """{code: name}, as a list is read with."""
    return {code: award.name for code, award in awards.items()}


def keep(dossier: Dossier, report: ListReport, *, by: Actor, source: str = "", beside: Iterable[Row] = ()) -> None:
    """Keep a list until it is accepted, in place of the one kept before.

    beside    rows of the earlier list that stay
    """
    awards = awards_of(dossier)
    for row in report.rows:
        _check_award(row, awards)
    rows = [*beside, *report.rows]
    text = {"rows": [_packed(row) for row in rows], "unused": report.unused[:20], "source": source}
    edits.keep_scratch(dossier, FORM, text, by=by)


def waiting(dossier: Dossier, person: Any) -> Waiting:
    """The list this person handed in and has not dealt with yet; empty when there is none."""
    kept = Scratch.objects.filter(dossier=dossier, person=person, form=FORM).first()
    if kept is None:
        return Waiting()
    rows = [Row(**row) for row in kept.text["rows"]]
    return Waiting(rows, kept.text["unused"], kept.text["source"], kept.at)


@transaction.atomic
def accept(dossier: Dossier, *, by: Actor, version: int, skip_doubles: bool = False) -> tuple[int, int]:
    """Add the right rows to the dossier; the wrong ones go on waiting.  Returns (added, still to correct).

    skip_doubles    leave out rows whose name and award the dossier already has
    Raises    Gone, PermissionDenied, Unfit as for any edit; the list then waits as before
    """
    list_, awards = waiting(dossier, by.person), awards_of(dossier)
    rows = list_.right
    if skip_doubles:
        there = {(n.search_key, n.award_id) for n in dossier.still_in}
        rows = [row for row in rows if key_of(row, awards) not in there]
    added = edits.add_nominations(dossier, [_columns(row, awards) for row in rows], by=by, version=version)
    if list_.wrong:
        keep(dossier, ListReport(list_.wrong), by=by, source=list_.source)
    else:
        edits.drop_scratch(dossier, FORM, by=by)
    return added, len(list_.wrong)


def without(dossier: Dossier, number: int, *, by: Actor) -> None:
    """Take one corrected line off the list that waits; a right line may have the same number."""
    list_ = waiting(dossier, by.person)
    rest = [row for row in list_.rows if row.number != number or not row.errors]
    if rest:
        keep(dossier, ListReport(rest, unused=list_.unused), by=by, source=list_.source)
    else:
        edits.drop_scratch(dossier, FORM, by=by)


def key_of(row: Row, awards: Mapping[str, CampaignAward]) -> tuple[str, int]:
    """By what a right row is known to name somebody twice."""
    return fold(row.values["full_name"])[:300], awards[row.values["award"]].pk


def as_text(rows: Iterable[Row], awards: Mapping[str, CampaignAward]) -> str:
    """The rows as a table to paste: a header, tabs between cells."""
    lines = [[_(label) for label in COLUMNS.values()]]
    lines += [[shown(column, row.values.get(column), awards) for column in COLUMNS] for row in rows]
    return "\n".join("\t".join(_quoted(cell) for cell in line) for line in lines)


def shown(column: str, value: Any, awards: Mapping[str, CampaignAward]) -> str:
    """A cell as people write it."""
    if column == "award":
        return awards[value].name if value in awards else str(value or "")
    if isinstance(value, Decimal):
        return percent_text(value)
    words = {"kind": KINDS, "sex": SEXES}.get(column, {})
    return str(words.get(value, "" if value is None else value))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if "\n" in cell or "\t" in cell else cell


def _check_award(row: Row, awards: Mapping[str, CampaignAward]) -> None:
    """An award that is not for this kind of nominee is a wrong cell."""
    award = awards.get(row.values["award"])
    if award and row.values["kind"] in KINDS and row.values["kind"] not in award.kinds.split():
        told = {"row": row.number, "award": award.name, "kind": KINDS[row.values["kind"]]}
        row.errors["award"] = _("Dòng %(row)d: “%(award)s” không dành cho %(kind)s. Hãy chọn hình thức khác.") % told


def _packed(row: Row) -> dict[str, Any]:
    """A row as JSON; what no database keeps is left out of it."""
    values = {column: _storable(value) for column, value in row.values.items()}
    errors = {column: _storable(error) for column, error in row.errors.items()}
    return {"number": row.number, "values": values, "errors": errors, "warnings": [_storable(w) for w in row.warnings]}


def _storable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return percent_text(value)
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else value


def _columns(row: Row, awards: Mapping[str, CampaignAward]) -> dict[str, Any]:
    """A right row as the nomination's columns."""
    values = dict(row.values)
    percent = str(values.pop("result_percent") or "").replace(",", ".")
    award = awards[values.pop("award")]
    return {**values, "award_id": award.pk, "result_percent": Decimal(percent) if percent else None}
