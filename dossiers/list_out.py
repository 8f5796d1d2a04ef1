"""The list of a dossier as it goes out: the columns of the import, and behind them what became of each name."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .list_draft import awards_of, names_of
from .models import Dossier, Nomination
from .nominee_cells import COLUMNS
from .nominee_workbook import workbook_of
from .outcomes import outcome_of
from .states import State

BEHIND = {"finance": 18, "review": 18, "votes": 14, "outcome": 30, "why": 50}  # width of each column
_FORMULA_SIGNS = ("=", "+", "-", "@")


def rows_of(dossier: Dossier, seen: bool) -> list[dict[str, Any]]:
    """Every nomination with its outcome as the reader may know it, in the order of the list."""
    return [{"nomination": n, "outcome": outcome_of(n, dossier, seen)} for n in dossier.names]


def workbook_out(dossier: Dossier, seen: bool) -> bytes:
    """The list as .xlsx.

    seen    whether verdicts and outcome go with it
    """
    awards = awards_of(dossier)
    codes = {award.pk: code for code, award in awards.items()}
    content = workbook_of(({**_values(n), "award": codes[n.award_id]} for n in dossier.names), names_of(awards))
    return _with_outcomes(content, dossier) if seen else content


def _values(nomination: Nomination) -> dict[str, Any]:
    return {column: getattr(nomination, column) for column in COLUMNS if column != "award"}


def _with_outcomes(content: bytes, dossier: Dossier) -> bytes:
    book = load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    first = len(COLUMNS) + 2
    headings = [_("Ý kiến TC–KH"), _("Ý kiến Nội vụ"), _("Phiếu đồng ý"), _("Kết quả"), _("Lý do")]
    for place, (heading, width) in enumerate(zip(headings, BEHIND.values(), strict=True), start=first):
        head = sheet.cell(1, place, heading)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, horizontal="center")
        sheet.column_dimensions[get_column_letter(place)].width = width
    for line, nomination in enumerate(dossier.names, start=2):
        for place, text in enumerate(_outcome_cells(nomination, dossier), start=first):
            _put(sheet.cell(line, place), text)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _outcome_cells(nomination: Nomination, dossier: Dossier) -> list[str]:
    said = [nomination.judgement_at(desk) for desk in (State.PROPOSING, State.REVIEWING)]
    ballot, outcome = nomination.ballot, outcome_of(nomination, dossier, seen=True)
    votes = f"{ballot.agreed}/{ballot.members}" if ballot is not None and ballot.confirmed else ""
    judged = [str(verdict.get_judgement_display()) if verdict else "" for verdict in said]
    return [*judged, votes, outcome.text, outcome.why]


def _put(cell: Any, text: str) -> None:
    """Text stays text, whatever sign it begins with."""
    cell.value = text
    cell.data_type, cell.quotePrefix = "s", text.startswith(_FORMULA_SIGNS)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
