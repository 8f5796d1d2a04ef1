"""The page on which a reviewer says that they take no part in a dossier, and takes it back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.ledger import Actor
from dossiers import recusals
from dossiers.access import of_dossier
from dossiers.errors import Unfit
from dossiers.holding import Recusal
from dossiers.models import Dossier
from organizations.access import methods, person_of
from organizations.fields import CleanCharField
from organizations.questions import Question

from . import recusing

UNFIT = 422


class RecusalForm(forms.Form):
    """What ties the reviewer to the dossier."""

    relation = forms.ChoiceField(
        label=gettext_lazy("Quan hệ với người được đề nghị"), choices=Recusal.Relation.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Chưa chọn quan hệ. Hãy chọn một mục."),
            "invalid_choice": gettext_lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."),
        },
    )  # fmt: skip
    reason = CleanCharField(
        label=gettext_lazy("Nội dung"), max_length=500, help_text=gettext_lazy("Ví dụ: em ruột của người được đề nghị.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relation: Any = self.fields["relation"]
        relation.choices = [(key, capfirst(label)) for key, label in Recusal.Relation.choices]


class WithdrawForm(forms.Form):
    """Why a declaration is taken back."""

    reason = CleanCharField(label=gettext_lazy("Lý do rút lời khai"), max_length=500)


def _by(request: HttpRequest) -> Actor:
    return Actor(person_of(request), correlation=getattr(request, "correlation", ""))


@methods("GET", "POST")
@of_dossier
def recuse(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Declare a relation to the dossier."""
    recusals.require_reviewer(dossier, _by(request))
    form = RecusalForm(request.POST if request.method == "POST" else None)
    done = _("Đã ghi: bạn không tham gia xem xét %(code)s.") % {"code": dossier.code}
    return _ask(request, dossier, _declaring(dossier), form, recusing.declare, done)


@methods("GET", "POST")
@of_dossier
def unrecuse(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Take one's declaration back."""
    recusals.require_reviewer(dossier, _by(request))
    if request.method != "POST" and recusals.declared_by(dossier, person_of(request)) is None:
        raise Http404
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    done = _("Đã rút lời khai ở %(code)s.") % {"code": dossier.code}
    return _ask(request, dossier, _withdrawing(dossier), form, recusals.withdraw, done)


def _ask(
    request: HttpRequest, dossier: Dossier, question: Question, form: forms.Form, act: Callable[..., Any], done: str
) -> HttpResponse:
    """The page that asks, or the answer to it."""
    if request.method == "POST" and form.is_valid():
        try:
            act(dossier, by=_by(request), **form.cleaned_data)
        except Unfit as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, done)
            return redirect(dossier)
    context = {"question": question, "form": form}
    return render(request, "organizations/ask.html", context, status=UNFIT if form.errors else 200)


def _declaring(dossier: Dossier) -> Question:
    return Question(
        title=_("Tôi có liên quan, không tham gia"),
        button=_("Khai có liên quan"),
        crumbs=[(dossier.code, dossier.get_absolute_url())],
        back=dossier.get_absolute_url(),
        lead=f"{dossier.unit.name} · {dossier.campaign.short_name}",
        effects=[
            _("Từ lúc này bạn không xử lý, không nhận việc và không nộp giấy tờ của hồ sơ này; bạn vẫn đọc được."),
            _("Việc bạn đang giữ trở lại hàng chung; người cùng chức trách nhận thông báo."),
            _("Nếu không còn ai, thủ trưởng hoặc Văn phòng được báo để giao người làm thay."),
            _("Lời khai ghi vào nhật ký của hồ sơ; đơn vị không đọc được nội dung khi hồ sơ đang được xét."),
        ],
    )


def _withdrawing(dossier: Dossier) -> Question:
    return Question(
        title=_("Rút lời khai có liên quan"),
        button=_("Rút lời khai"),
        crumbs=[(dossier.code, dossier.get_absolute_url())],
        back=dossier.get_absolute_url(),
        lead=f"{dossier.unit.name} · {dossier.campaign.short_name}",
        warn=True,
        effects=[
            _("Bạn lại xử lý được hồ sơ này theo chức trách; việc không tự trở về bàn của bạn."),
            _("Lý do rút ghi vào nhật ký của hồ sơ."),
        ],
    )
