"""The page that asks about one nominee: of which kind, filled in from where, in which order the fields stand."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.models import NomineeKind
from organizations.access import person_of
from organizations.models import Appointment, Person

from . import drafting, list_draft
from .draft_forms import NomineeForm, nominee_initial
from .models import Dossier, Nomination, Scratch
from .nominee_list import Row

MOST_ACCOUNTS = 500


@dataclass
class Asked:
    """What the page shows: its form, what it is about, and where the text in it comes from."""

    form: NomineeForm
    kind: str
    key: str
    nomination: Nomination | None = None
    kept: Scratch | None = None
    row: Row | None = None

    @property
    def title(self) -> str:
        """The head of the page."""
        if self.nomination:
            return _("Sửa đề nghị số %(position)d") % {"position": self.nomination.position}
        if self.row:
            return _("Sửa dòng %(number)d của danh sách") % {"number": self.row.number}
        return _("Thêm một đề nghị")

    @property
    def line(self) -> int | None:
        """The line of the waiting list that this corrects."""
        return self.row.number if self.row else None

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """The kinds to choose from, as pills; another kind has other fields."""
        line = f"&dong={self.row.number}" if self.row else ""
        return [
            {"label": kind.label, "url": f"?loai={kind.value}{line}", "current": kind.value == self.kind}
            for kind in NomineeKind
        ]

    @property
    def why(self) -> str:
        """What the desk asked about this name."""
        judgements = self.nomination.judgements if self.nomination else []
        return judgements[-1].reason if judgements else ""


def asked_for(request: HttpRequest, dossier: Dossier, nomination: Nomination | None = None) -> Asked:
    """The form as it was sent, or filled in: from the nomination, the waiting line, what was typed before."""
    person = person_of(request)
    key = f"nominee-{nomination.pk}" if nomination else "nominee-new"
    row = None if nomination else _row(request, dossier, person)
    kept = None if row else drafting.typed_so_far(dossier, key, person)
    initial: dict[str, Any] = nominee_initial(nomination) if nomination else {}
    initial |= _row_initial(row, dossier) if row else {}
    initial |= kept.text if kept else {}
    kind = _kind(request, initial.get("kind") or (nomination.kind if nomination else ""))
    sent = request.POST if request.method == "POST" else None
    people = accounts_of(dossier, nomination) if kind == NomineeKind.PERSON else []
    form = NomineeForm(sent, campaign=dossier.campaign, kind=kind, people=people, initial=initial)
    return Asked(form, kind, key, nomination, kept, row)


def accounts_of(dossier: Dossier, nomination: Nomination | None) -> list[tuple[int, str]]:
    """People who may be the nominee: at work today in the unit or below it, and whoever was chosen before."""
    here = Appointment.objects.today().filter(organization__path__startswith=dossier.unit.path)
    found = Q(pk__in=here.values("person")) | Q(pk=nomination.person_id if nomination else None)
    people = Person.objects.people().filter(found).order_by("sort_key", "id").values_list("pk", "full_name", "email")
    return [(pk, f"{name} ({email})") for pk, name, email in people[:MOST_ACCOUNTS]]


def _kind(request: HttpRequest, otherwise: str) -> str:
    asked = request.POST.get("kind") or request.GET.get("loai") or otherwise
    return asked if asked in NomineeKind.values else NomineeKind.PERSON


def _row(request: HttpRequest, dossier: Dossier, person: Any) -> Row | None:
    """The line of the waiting list that is to be corrected."""
    number = request.POST.get("line") or request.GET.get("dong") or ""
    if not number.isdecimal():
        return None
    return next((row for row in list_draft.waiting(dossier, person).wrong if str(row.number) == number), None)


def _row_initial(row: Row, dossier: Dossier) -> dict[str, Any]:
    """A line as the form shows it; the award by its id."""
    awards = list_draft.awards_of(dossier)
    values = {**row.values, "result_percent": list_draft.shown("result_percent", row.values["result_percent"], awards)}
    return {**values, "award": awards[row.values["award"]].pk if row.values["award"] in awards else ""}
