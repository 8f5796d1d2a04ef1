"""Pages beside a dossier's steps: holding it, lifting a hold, noting since when its list is public."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.ledger import Actor
from dossiers.access import form_version, of_dossier, shown_version
from dossiers.acts import require_may, waits_for
from dossiers.errors import NotNow, Unfit
from dossiers.forms import PublicNoticeForm, form_for
from dossiers.free_hand import require_no_tie
from dossiers.models import Dossier
from dossiers.public_notice import may_post, post_notice
from dossiers.words import ACTS
from organizations.access import methods, person_of

from .holds import do_hold

UNFIT = 422
EFFECTS = {
    "hold": [
        gettext_lazy("Đồng hồ tính hạn của hồ sơ dừng lại; không ai bị tính trễ trong thời gian này."),
        gettext_lazy("Việc đưa hồ sơ (hoặc đề nghị bị tạm dừng) đi tiếp bị chặn, kèm căn cứ, đến khi có kết luận."),
        gettext_lazy("Người đang xử lý, người lập và thủ trưởng đơn vị nhận thư báo; nội dung chỉ ghi trong nhật ký."),
    ],
    "lift": [
        gettext_lazy("Đồng hồ chạy lại nếu không còn lần tạm dừng nào; hạn mới được tính và ghi vào bước đang mở."),
        gettext_lazy("Kết luận được ghi vào nhật ký; người đang xử lý và đơn vị nhận thư báo."),
    ],
}


def _by(request: HttpRequest) -> Actor:
    return Actor(person_of(request), correlation=getattr(request, "correlation", ""))


def _hold_page(request: HttpRequest, dossier: Dossier, act: str) -> HttpResponse:
    """The form of holding or lifting, and its answer."""
    require_may(dossier, act, by=_by(request), version=None)
    form = form_for(act)(request.POST or None, dossier=dossier)
    if request.method == "POST" and form.is_valid():
        try:
            entry = do_hold(dossier, act, by=_by(request), version=form_version(request), **form.cleaned_data)
        except (Unfit, NotNow) as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, f"{ACTS[act].past}: {entry.subject.code}.")
            return redirect(dossier)
    context = {"dossier": dossier, "form": form, "title": ACTS[act].button, "effects": EFFECTS[act],
               "refused": waits_for(dossier, act), "version": shown_version(request, dossier)}  # fmt: skip
    return render(request, "flows/hold.html", context, status=UNFIT if form.errors else 200)


@methods("GET", "POST")
@of_dossier
def hold(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Stop considering the dossier, or one name of it, for a ground of the law."""
    return _hold_page(request, dossier, "hold")


@methods("GET", "POST")
@of_dossier
def lift(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Go on with the conclusion."""
    return _hold_page(request, dossier, "lift")


@methods("GET", "POST")
@of_dossier
def public(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Note since when the dossier's list is public, from which a minimum wait counts."""
    if not may_post(person_of(request), dossier):
        raise Http404
    require_no_tie(dossier, person_of(request))
    form = PublicNoticeForm(request.POST or None, dossier=dossier)
    if request.method == "POST" and form.is_valid():
        post_notice(dossier, by=_by(request), version=form_version(request), **form.cleaned_data)
        messages.success(request, _("Đã ghi ngày đăng công khai của %(code)s.") % {"code": dossier.code})
        return redirect(dossier)
    effects = [_("Thời gian chờ tối thiểu được tính từ ngày này; việc bị chặn ghi rõ chờ đến hết ngày nào.")]
    context: dict[str, Any] = {"dossier": dossier, "form": form, "title": ACTS["post_notice"].button,
                               "effects": effects, "version": shown_version(request, dossier)}  # fmt: skip
    return render(request, "flows/hold.html", context, status=UNFIT if form.errors else 200)
