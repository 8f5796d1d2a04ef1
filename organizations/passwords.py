"""Passwords: what one must be like, said in Vietnamese, and the one way to set it."""

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.ledger import Actor, record
from audit.models import Kind

from .models import Person

LONGEST = 1_000  # characters; more is no password but a load on the server

RULES = _(
    "Ít nhất 12 ký tự; không chỉ gồm chữ số; không phải mật khẩu nhiều người dùng; "
    "không giống họ tên hay địa chỉ thư của bạn. Một câu dễ nhớ là tốt nhất."
)
REFUSALS = {
    "password_too_short": _("Mật khẩu quá ngắn: cần ít nhất 12 ký tự."),
    "password_too_similar": _("Mật khẩu giống họ tên hoặc địa chỉ thư của bạn. Hãy chọn mật khẩu khác."),
    "password_too_common": _("Mật khẩu này nhiều người dùng, dễ bị đoán. Hãy chọn mật khẩu khác."),
    "password_entirely_numeric": _("Mật khẩu chỉ gồm chữ số. Hãy thêm chữ cái hoặc dấu."),
}


def check(password: str, person: Person | None) -> None:
    """Nothing when the password may be used.

    Raises    ValidationError with every reason against it, in Vietnamese
    """
    if len(password) > LONGEST:
        raise ValidationError(_("Mật khẩu quá dài."), code="password_too_long")
    try:
        password_validation.validate_password(password, person)
    except ValidationError as found:
        told = [ValidationError(REFUSALS.get(one.code or "", one.message), one.code) for one in found.error_list]
        raise ValidationError(told) from found


@transaction.atomic
def set_password(person: Person, password: str, *, act: str, by: Actor, facts: dict[str, Any] | None = None) -> None:
    """Set a person's password and leave a line; every session opened with the old one ends.

    act       change_password, reset_password or accept_invitation
    """
    held = Person.objects.select_for_update().get(pk=person.pk)
    held.set_password(password)
    record(held, act, by=by, kind=Kind.EDIT, facts=facts, save=["password"])
    person.password = held.password  # allauth keeps this session alive with the new hash
    person.chain_position, person.chain_digest = held.chain_position, held.chain_digest
