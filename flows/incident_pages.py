"""The operator's page: what the clock and the mail could not do, how far behind they are, and the two ways on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.clock import now
from dossiers.errors import Gone
from notifications.models import Notification
from organizations.access import holding, methods
from organizations.models import Office

from . import incidents
from .models import StepRow

MOST_SHOWN = 100


@methods("GET")
@holding(Office.ADMIN)
def incident_list(request: HttpRequest) -> HttpResponse:
    """Every step the clock gave up, and how the sweeper and the mail stand."""
    oldest = StepRow.objects.due(now()).values_list("scheduled", flat=True).first()
    lost = Notification.objects.filter(given_up_at__isnull=False, dismissed_at=None)[: MOST_SHOWN + 1].count()
    context = {
        "steps": list(incidents.stuck_steps()[:MOST_SHOWN]), "lost": lost,
        "behind": (now() - oldest).total_seconds() // 60 if oldest else 0,
    }  # fmt: skip
    return render(request, "flows/incidents.html", context)


@methods("POST")
@holding(Office.ADMIN)
def incident_retry(request: HttpRequest, step: int) -> HttpResponse:
    """Let the clock try once more."""
    try:
        incidents.retry(step, by=request.actor)
        messages.success(request, _("Đồng hồ sẽ làm lại trong vòng một phút."))
    except Gone as gone:
        messages.warning(request, str(gone))
    return redirect("flows:incidents")


@methods("POST")
@holding(Office.ADMIN)
def incident_dismiss(request: HttpRequest, step: int) -> HttpResponse:
    """Leave it out, with the reason."""
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        messages.error(request, _("Chưa bỏ qua: hãy ghi lý do rồi bấm lại."))
        return redirect("flows:incidents")
    try:
        incidents.dismiss(step, by=request.actor, reason=reason)
        messages.success(request, _("Đã bỏ qua, lý do nằm trong nhật ký."))
    except Gone as gone:
        messages.warning(request, str(gone))
    return redirect("flows:incidents")
