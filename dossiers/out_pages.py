"""What leaves a dossier on paper or in Excel: the list, its empty form, the receipt."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from audit.ledger import witness
from files.serve import disposition
from organizations.access import actor_of, methods, person_of

from .access import of_dossier
from .draft_forms import percent_text
from .list_draft import awards_of, names_of
from .list_out import rows_of, workbook_out
from .models import Dossier
from .nominee_workbook import template_workbook
from .outcomes import sees_verdicts
from .states import WITH_UNIT

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@methods("GET")
@of_dossier
def template(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The empty list to fill in with Excel, with the awards of this campaign."""
    return _excel(template_workbook(names_of(awards_of(dossier))), "mau-danh-sach.xlsx")


@methods("GET")
@of_dossier
def export(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The list in Excel, readable by the import again; what the reader may know of the outcome stands behind it."""
    seen = _has_outcomes(request, dossier)
    content = workbook_out(dossier, seen)
    witness("export", by=actor_of(request), subject=dossier, facts={"names": len(dossier.names), "outcomes": seen})
    return _excel(content, f"danh-sach-{dossier.code}.xlsx")


def _has_outcomes(request: HttpRequest, dossier: Dossier) -> bool:
    """Whether there are outcomes to show, and to this reader."""
    return dossier.state not in WITH_UNIT and sees_verdicts(dossier, person_of(request))


def _excel(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=EXCEL,
        headers={"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"},
    )


@methods("GET")
@of_dossier
def paper_list(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The list as a paper to print and sign."""
    seen = _has_outcomes(request, dossier)
    rows = [
        {**row, "percent": percent_text(row["nomination"].result_percent)} for row in rows_of(dossier, seen)
    ]
    witness("print", by=actor_of(request), subject=dossier, facts={"names": len(dossier.names), "outcomes": seen})
    return render(request, "dossiers/paper_list.html", {"dossier": dossier, "rows": rows, "seen": seen})


@methods("GET")
@of_dossier
def receipt(request: HttpRequest, dossier: Dossier, number: int) -> HttpResponse:
    """A biên nhận: the n-th the unit got for this dossier."""
    receipts = list(dossier.receipts.all())
    if not 1 <= number <= len(receipts):
        raise Http404(_("Hồ sơ không có biên nhận này."))
    places = {row.place: row.organization for row in dossier.places}
    context = {"dossier": dossier, "receipt": receipts[number - 1], "places": places}
    return render(request, "dossiers/receipt.html", context)
