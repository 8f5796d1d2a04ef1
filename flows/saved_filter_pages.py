"""The pages of filters kept by name: the list, and the page that asks before one is kept, changed or removed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.errors import Unfit
from organizations.access import actor_of, methods, person_of, signed_in
from organizations.fields import CleanCharField
from organizations.models import Organization, Person
from organizations.questions import Question

from .desk_filters import described
from .desk_models import SavedFilter
from .desk_wish import Wish
from .saved_filters import bodies_of, remove_filter, save_filter, saved_for

UNFIT = 422


class FilterForm(forms.Form):
    """A name, who else sees it, and whether the desk opens with it."""

    query = forms.CharField(widget=forms.HiddenInput, required=False)
    name = CleanCharField(label=gettext_lazy("Tên bộ lọc"), max_length=60)
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Ai dùng được"), required=False,
        empty_label=gettext_lazy("Chỉ mình tôi"),
        help_text=gettext_lazy(
            "Dùng chung thì mọi người đang giữ chức trách ở đó đều thấy tên bộ lọc; ai cũng chỉ thấy việc của mình."
        ),
        error_messages={"invalid_choice": gettext_lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại.")},
    )  # fmt: skip
    is_default = forms.BooleanField(label=gettext_lazy("Mở bàn việc bằng bộ lọc này"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies: Any = self.fields["organization"]
        bodies.queryset = Organization.objects.filter(pk__in=[body.pk for body in bodies_of(person)])


@methods("GET")
@signed_in
def filters(request: HttpRequest) -> HttpResponse:
    """Filters kept by name: one's own with what may be done to them, and those of others."""
    kept = saved_for(person_of(request))
    own, others = [one for one in kept if one.mine], [one for one in kept if not one.mine]
    return render(request, "flows/desk_filters.html", {"own": own, "others": others})


@methods("GET", "POST")
@signed_in
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the view of this address under a name."""
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    wish, person = Wish.of(query), person_of(request)
    form = FilterForm(request.POST or None, person=person, initial={"query": wish.query})
    question = Question(
        title=_("Lưu bộ lọc"), button=_("Lưu bộ lọc"), crumbs=[_desk()], back=wish.url(),
        lead=_("Đang xem: %(view)s.") % {"view": " · ".join(described(person, wish))},
    )  # fmt: skip
    return _asked(request, question, form, _("Đã lưu bộ lọc “%(name)s”."), back=None)


@methods("GET", "POST")
@signed_in
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, another sharing, or the view the desk opens with."""
    kept = _own(request, pk)
    initial = {"name": kept.name, "organization": kept.organization_id, "is_default": kept.is_default}
    form = FilterForm(request.POST or None, person=person_of(request), initial={"query": kept.query, **initial})
    question = Question(title=_("Sửa bộ lọc"), button=_("Lưu thay đổi"), crumbs=[_desk(), _list()], back=_list()[1])
    return _asked(request, question, form, _("Đã lưu bộ lọc “%(name)s”."), back=_list()[1], pk=kept.pk)


@methods("GET", "POST")
@signed_in
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then forget a filter of one's own."""
    kept = _own(request, pk)
    if request.method == "POST":
        remove_filter(pk, by=actor_of(request))
        messages.success(request, _("Đã xoá bộ lọc “%(name)s”.") % {"name": kept.name})
        return redirect("flows:filters")
    shared = _("Người ở %(body)s không dùng được bộ lọc này nữa.")
    effects = [shared % {"body": kept.organization.name}] if kept.organization else []
    question = Question(
        title=_("Xoá bộ lọc “%(name)s”") % {"name": kept.name}, button=_("Xoá bộ lọc"), warn=True,
        crumbs=[_desk(), _list()], back=_list()[1], effects=[*effects, _("Hồ sơ và việc trên bàn không thay đổi.")],
    )  # fmt: skip
    return render(request, "organizations/ask.html", {"question": question, "form": forms.Form()})


def _asked(request: HttpRequest, question: Question, form: FilterForm, done: str, *, back: str | None,
           pk: int | None = None) -> HttpResponse:  # fmt: skip
    """The page, or the filter kept; what does not fit is said beside what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_filter(by=actor_of(request), pk=pk, **form.cleaned_data)
        except Unfit as refusal:
            form.add_error(None, list(refusal.sentences))
        else:
            messages.success(request, done % {"name": kept.name})
            return redirect(back or Wish.of(kept.query).url())
    context = {"question": question, "form": form}
    return render(request, "organizations/ask.html", context, status=UNFIT if form.errors else 200)


def _own(request: HttpRequest, pk: int) -> SavedFilter:
    own = SavedFilter.objects.filter(person=person_of(request).pk).select_related("organization")
    return get_object_or_404(own, pk=pk)


def _desk() -> tuple[str, str]:
    return _("Bàn việc"), reverse("flows:desk")


def _list() -> tuple[str, str]:
    return _("Bộ lọc của tôi"), reverse("flows:filters")
