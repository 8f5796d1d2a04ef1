"""Pages of a head: the office's work by person, whose steps they are, giving them to somebody else."""

import csv
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.clock import today
from audit.ledger import Actor, witness
from organizations.access import methods, person_of, signed_in
from organizations.models import Organization, Person

from .desk_rows import far
from .keyset import cursor, place
from .models import StepRow
from .office_forms import POOL, AssignForm
from .office_load import (
    DONE_WITHIN,
    LISTED,
    MOST,
    bodies_of,
    colleagues,
    held_by,
    late_of,
    load_of,
    office_names,
    open_at,
)
from .office_moves import Wanted, assign_all, kept_from, previewed, wanted_from

PAGE = 50
MOST_EXPORTED = 2000  # lines
UNFIT = 422
View = Callable[..., HttpResponse]


def of_body(view: View) -> View:
    """The page is about a body whose work this person gives out today; any other does not exist (404)."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str) -> HttpResponse:
        body = next((body for body in bodies_of(person_of(request)) if body.code == code), None)
        if body is None:
            raise Http404
        return view(request, body)

    return signed_in(guarded)


@methods("GET")
@signed_in
def office(request: HttpRequest) -> HttpResponse:
    """The work of one body by person, what is late and why; of the first body when none is named."""
    person = person_of(request)
    bodies = bodies_of(person)
    body = next((one for one in bodies if one.code == request.GET.get("don-vi", one.code)), None)
    if body is None:
        raise Http404
    load = load_of(body)
    late = late_of(body, person)
    context = {
        "body": body, "today": today(), "most": MOST, "days": DONE_WITHIN, "late_steps": late, "load": load,
        "desks": [{"desk": desk, "offices": office_names(desk)} for desk in load["desks"]],
        "more_late": load["late"] > len(late), "listed": LISTED,
        "tabs": [{"label": one.short_name, "url": f"{reverse('flows:office')}?don-vi={one.code}", "count": None,
                  "current": one == body} for one in bodies],
    }  # fmt: skip
    return render(request, "flows/office.html", context)


@methods("GET")
@of_body
def office_steps(request: HttpRequest, body: Organization) -> HttpResponse:
    """The open steps of one person or of the pool, to be given to somebody else."""
    rows, who = _of_whom(request, body)
    start = place(request.GET.get("sau", ""))
    shown = rows.after(*start) if start else rows
    found = list(shown.told_to(person_of(request))[: PAGE + 1])
    steps = found[:PAGE]
    offices = sorted({step.office for step in steps})
    people = {one.pk: one for office in offices for one in colleagues(body, office) if one != who}
    form = AssignForm(people=list(people.values()), held=held_by(body, people))
    here = f"{reverse('flows:office_steps', args=[body.code])}?nguoi={who.pk if who else POOL}"
    later = f"{here}&sau={cursor(steps[-1].due_at, steps[-1].pk)}" if len(found) > PAGE else ""
    context = {"body": body, "who": who, "rows": _told(steps, person_of(request)), "form": form, "here": here,
               "next_url": later, "first_url": here if start else ""}  # fmt: skip
    return render(request, "flows/office_steps.html", context)


@methods("POST")
@of_body
def office_assign(request: HttpRequest, body: Organization) -> HttpResponse:
    """What giving the chosen steps to somebody will do; done when it was looked at and has a reason."""
    wanted = wanted_from(request.POST, body, person_of(request))
    if not wanted:
        messages.warning(request, _("Chưa chọn việc nào. Hãy đánh dấu việc rồi bấm lại."))
        return redirect("flows:office")
    offices = sorted({one.step.office for one in wanted})
    people = {one.pk: one for office in offices for one in colleagues(body, office)}
    sure = "sure" in request.POST
    form = AssignForm(request.POST, people=list(people.values()))
    if sure and form.is_valid():
        return _assigned(request, body, wanted, form)
    if not sure and form.has_error("to"):
        messages.warning(request, _("Chưa chọn người nhận việc. Hãy chọn rồi bấm lại."))
        return redirect(f"{reverse('flows:office_steps', args=[body.code])}?nguoi={wanted[0].seen or POOL}")
    return _preview(request, body, wanted, form, sure=sure)


@methods("GET")
@of_body
def office_late(request: HttpRequest, body: Organization) -> HttpResponse:
    """The late steps as a table for a spreadsheet; who took it is witnessed."""
    person = person_of(request)
    late = late_of(body, person, MOST_EXPORTED)
    witness("export_late", by=Actor(person, organization=body), subject=body, facts={"steps": len(late)})
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="viec-tre-{body.code}-{today():%Y%m%d}.csv"'
    answer.write("\ufeff")  # by which Excel knows the letters
    lines = csv.writer(answer)
    lines.writerow([_("Hồ sơ"), _("Đơn vị"), _("Việc"), _("Người giữ"), _("Chờ từ"), _("Hạn"), _("Trễ"),
                    _("Ngày làm việc"), _("Trừ thời gian dừng"), _("Vì sao")])  # fmt: skip
    lines.writerows([_safe(cell) for cell in _line(one)] for one in late)
    return answer


def _line(one: Any) -> list[str]:
    dossier, step = one.step.process.dossier, one.step
    return [dossier.code, dossier.unit.name, str(step.flow_task.task_title), one.holder,
            f"{step.created.astimezone():%d/%m/%Y}", f"{step.due_at.astimezone():%d/%m/%Y}", one.distance.text,
            str(one.gross), str(one.net), " ".join(one.why)]  # fmt: skip


def _safe(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def _of_whom(request: HttpRequest, body: Organization) -> tuple[Any, Person | None]:
    """The open steps that `nguoi` names, and that person; None for the pool.  404 for anything else."""
    typed = request.GET.get("nguoi", POOL)
    rows = open_at(body, person_of(request))
    if typed == POOL:
        return rows.free(), None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):
        raise Http404
    who = Person.objects.filter(pk=int(typed)).first()
    mine = rows.filter(owner=who).held() if who else rows.none()
    if who is None or not any(held.organization_id == body.pk for held in who.offices_today()):
        raise Http404
    return mine, who


def _told(steps: list[StepRow], head: Person) -> list[dict[str, Any]]:
    """The steps with how far their deadline is, and why one is not this head's to give out."""
    kept = kept_from(head, steps)
    return [{"step": step, "why": kept.get(step.pk, ""), "distance": far(step)} for step in steps]


def _preview(
    request: HttpRequest, body: Organization, wanted: list[Wanted], form: AssignForm, *, sure: bool
) -> HttpResponse:
    """What will happen; the reason is asked here, so its lack is no error at the first look."""
    to = form.people.get(request.POST.get("to", ""))
    if not sure:
        form = AssignForm(initial={"to": request.POST["to"]}, people=list(form.people.values()))
    form.fields["to"].widget = form.fields["to"].hidden_widget()
    rows = previewed(wanted, to, person_of(request))
    will = [row["step"] for row in rows if not row["why"]]
    losing = sorted({step.holder.full_name for step in will if step.holder})
    context = {"body": body, "to": to, "rows": rows, "will": len(will), "form": form, "losing": ", ".join(losing)}
    return render(request, "flows/office_assign.html", context, status=UNFIT if sure else 200)


def _assigned(request: HttpRequest, body: Organization, wanted: list[Wanted], form: AssignForm) -> HttpResponse:
    by = Actor(person_of(request), correlation=getattr(request, "correlation", ""))
    done, left = assign_all(wanted, form.chosen, by=by, reason=form.cleaned_data["reason"])
    name = form.chosen.full_name if form.chosen else _("chung của phòng")
    if done:
        messages.success(request, _("Đã giao %(n)d việc cho %(name)s.") % {"n": done, "name": name})
    for code, why in left:
        messages.warning(request, _("Chưa giao được %(code)s: %(why)s") % {"code": code, "why": why})
    return redirect(f"{reverse('flows:office')}?don-vi={body.code}")
