"""The words of every page that asks the administrator before something changes: one function, one page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import Appointment, Organization, Person


@dataclass(frozen=True)
class Question:
    """The words of the page: its title, its one button, where it leads back to, what will happen, what was done."""

    title: str
    button: str
    crumbs: Sequence[tuple[str, str]]
    back: str
    done: str = ""
    effects: Sequence[str] = ()
    warn: bool = False
    lead: str = ""


def adding() -> Question:
    """A new person."""
    return Question(
        title=_("Thêm người"),
        button=_("Thêm và gửi thư mời"),
        crumbs=[_register()],
        back=_register()[1],
        effects=[
            _("Người này nhận thư mời đặt mật khẩu; liên kết dùng một lần, trong 7 ngày."),
            _("Chưa làm được việc gì cho đến khi được phân công chức trách."),
        ],
    )


def changing(who: Person) -> Question:
    """Another name or address."""
    return Question(
        title=_("Sửa tên, địa chỉ thư"),
        button=_("Lưu thay đổi"),
        crumbs=[_register(), _of(who)],
        back=_of(who)[1],
        done=_("Đã lưu thay đổi."),
        effects=[
            _("Nhật ký và quyết định đã có vẫn giữ tên cũ."),
            _("Đổi địa chỉ thư thì từ nay đăng nhập bằng địa chỉ mới."),
        ],
    )


def deactivating(who: Person) -> Question:
    """Nobody signs in with this account any more."""
    return Question(
        title=_("Ngừng tài khoản"),
        button=_("Ngừng tài khoản"),
        crumbs=[_register(), _of(who)],
        back=_of(who)[1],
        done=_("Đã ngừng tài khoản."),
        warn=True,
        lead=who.full_name,
        effects=[
            _("Mọi phiên đăng nhập của người này kết thúc ngay; mật khẩu và thư mời hết hiệu lực."),
            _("Việc đang nhận trở lại hàng chung của đơn vị, người cùng chức trách thấy ngay."),
            _("Không dữ liệu nào bị xoá; tên vẫn còn trong nhật ký."),
        ],
    )


def reactivating(who: Person) -> Question:
    """The account opens again."""
    return Question(
        title=_("Mở lại tài khoản"),
        button=_("Mở lại và gửi thư mời"),
        crumbs=[_register(), _of(who)],
        back=_of(who)[1],
        lead=who.full_name,
        effects=[
            _("Người này nhận thư mời và phải đặt mật khẩu mới."),
            _("Phân công còn thời hạn có hiệu lực trở lại."),
        ],
    )


def appointing(who: Person) -> Question:
    """An office for this person."""
    return Question(
        title=_("Phân công chức trách"),
        button=_("Phân công"),
        crumbs=[_register(), _of(who)],
        back=_of(who)[1],
        done=_("Đã phân công."),
        lead=who.full_name,
        effects=[
            _("Từ ngày bắt đầu, người này thấy và làm được việc của chức trách tại đơn vị đã chọn."),
            _("Việc người trước để lại tại đó cũng chờ người này."),
        ],
    )


def ending(held: Appointment) -> Question:
    """The last day of an appointment, with what becomes of its work."""
    place, office = held.organization, held.get_office_display()
    others = Person.objects.holders(held.office, place).exclude(pk=held.person_id).count()
    heirs = (
        _("%(count)d người khác đang giữ chức trách này sẽ thấy và nhận được các việc đó.") % {"count": others}
        if others
        else _("Không còn ai giữ chức trách này tại đây: việc sẽ chờ đến khi có người mới được phân công.")
    )
    return Question(
        title=_("Kết thúc phân công"),
        button=_("Kết thúc phân công"),
        crumbs=[_register(), _of(held.person)],
        back=_of(held.person)[1],
        done=_("Đã ghi ngày kết thúc phân công."),
        warn=True,
        lead=f"{held.person.full_name}: {office}, {place.name}",
        effects=[
            _("Hết ngày đã chọn, việc đang nhận trở lại hàng chung của %(place)s.") % {"place": place.name},
            heirs,
            _("Người này vẫn đăng nhập được và giữ các chức trách khác."),
        ],
    )


def adding_body() -> Question:
    """A new body."""
    return Question(
        title=_("Thêm đơn vị"),
        button=_("Thêm đơn vị"),
        crumbs=[_tree()],
        back=_tree()[1],
        done=_("Đã thêm đơn vị."),
    )


def renaming(unit: Organization) -> Question:
    """Other names for a body."""
    return Question(
        title=_("Đổi tên đơn vị"),
        button=_("Lưu tên mới"),
        crumbs=[_tree(), _at(unit)],
        back=_at(unit)[1],
        done=_("Đã lưu tên mới."),
        effects=[_("Nhật ký và quyết định đã có vẫn giữ tên cũ.")],
    )


def closing(unit: Organization) -> Question:
    """The last day of a body, with what becomes of its people."""
    count = unit.appointments.today().count()
    return Question(
        title=_("Kết thúc đơn vị"),
        button=_("Kết thúc đơn vị"),
        crumbs=[_tree(), _at(unit)],
        back=_at(unit)[1],
        done=_("Đã ghi ngày kết thúc."),
        warn=True,
        lead=unit.name,
        effects=[
            _("Hết ngày đã chọn, %(count)d phân công tại đây hết hiệu lực.") % {"count": count},
            _("Việc đang chờ ở đây không còn ai làm được: hãy kiểm tra trước khi kết thúc."),
            _("Hồ sơ, quyết định đã có không đổi."),
        ],
    )


def _register() -> tuple[str, str]:
    return _("Quản trị"), reverse("organizations:people")


def _of(who: Person) -> tuple[str, str]:
    return who.full_name, reverse("organizations:person", args=[who.pk])


def _tree() -> tuple[str, str]:
    return _("Đơn vị"), reverse("organizations:bodies")


def _at(unit: Organization) -> tuple[str, str]:
    return unit.short_name, reverse("organizations:body", args=[unit.pk])
