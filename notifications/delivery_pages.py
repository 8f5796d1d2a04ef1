"""The operator's pages: every mail with what became of it, sending one anew, dismissing one that cannot be sent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations.access import holding, methods, way_back
from organizations.acts import Refusal
from organizations.asking import ask
from organizations.fields import CleanTextField
from organizations.models import Office
from organizations.questions import Question

from . import resending
from .delivery import Wish, delivery_page, told_as
from .models import Channel, MailServer, Notification


class ReasonForm(forms.Form):
    """Why nobody need look at this mail any more."""

    reason = CleanTextField(label=gettext_lazy("Lý do bỏ qua"), max_length=300)


@methods("GET")
@holding(Office.ADMIN)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Who was told what by mail, when it left, what the server answered."""
    context = delivery_page(Wish.read(request.GET))
    away = MailServer.objects.filter(away_since__isnull=False).first()
    return render(request, "notifications/deliveries.html", {**context, "away": away})


@methods("POST")
@holding(Office.ADMIN)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail is owed anew."""
    back = way_back(request, reverse("notifications:deliveries"))
    get_object_or_404(Notification, pk=pk, channel=Channel.EMAIL)
    try:
        mail = resending.resend(pk, by=request.actor)  # type: ignore[attr-defined]
    except resending.Settled:
        messages.warning(request, _("Thư này đang chờ đến lượt; không cần gửi lại."))
    else:
        messages.success(request, _("Đã xếp thư cho %(name)s vào hàng gửi lại.") % {"name": mail.recipient.full_name})
    return redirect(back)


@methods("GET", "POST")
@holding(Office.ADMIN)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take a given-up mail off the list of what must be looked at."""
    mail = get_object_or_404(Notification.objects.select_related("recipient"), pk=pk, given_up_at__isnull=False)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    answer = ask(request, _dismissing(mail), form, _dismiss(pk))
    answer.status_code = 422 if form.errors else answer.status_code
    return answer


def _dismiss(pk: int) -> Any:
    """The act, its refusal as a sentence on the page."""

    def act(*, by: Any, reason: str) -> None:
        try:
            resending.dismiss(pk, by=by, reason=reason)
        except resending.Settled as settled:
            raise Refusal(_("Thư này vừa được gửi lại hoặc đã có người bỏ qua. Hãy xem lại danh sách.")) from settled

    return act


def _dismissing(mail: Notification) -> Question:
    """The words of that page."""
    back = f"{reverse('notifications:deliveries')}?tinh-trang=bo-cuoc"
    about = f"{told_as(mail)} {mail.context.get('code', '')}".strip()
    return Question(
        title=_("Bỏ qua thư không gửi được"),
        button=_("Bỏ qua thư này"),
        crumbs=[(_("Thư đã gửi"), back)],
        back=back,
        done=_("Đã bỏ qua; lý do nằm trong nhật ký."),
        warn=True,
        lead=f"{mail.recipient.full_name} · {about}",
        effects=[
            _("Máy chủ thư trả lời: %(answer)s") % {"answer": mail.answer or _("không có câu trả lời")},
            _("Thư không được gửi nữa và rời danh sách phải xem; vẫn gửi lại được về sau."),
            _("Người nhận vẫn có tin này trong phần mềm."),
        ],
    )
