"""Allauth's forms for signing in and for passwords, in our words."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.ledger import witness

from . import passwords
from .adapter import digest_of_address

LABELS = {
    "login": _("Địa chỉ thư điện tử"),
    "email": _("Địa chỉ thư điện tử"),
    "password": _("Mật khẩu"),
    "oldpassword": _("Mật khẩu đang dùng"),
    "password1": _("Mật khẩu mới"),
    "password2": _("Gõ lại mật khẩu mới"),
}


class InOurWords(forms.Form):
    """Labels, helps and refusals of allauth's fields in Vietnamese; no placeholder, no endless password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = passwords.RULES if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)
            field.validators.append(MaxLengthValidator(passwords.LONGEST, _("Nội dung quá dài.")))
            field.error_messages |= {
                "required": _("Ô này chưa điền. Hãy điền rồi gửi lại."),
                "invalid": _("Địa chỉ thư chưa đúng, ví dụ đúng: ten@donvi.gov.vn."),
                "null_characters_not_allowed": _("Có ký tự ẩn mà hệ thống không nhận. Hãy xoá hết và gõ lại."),
            }


class TypedTwice(InOurWords):
    """The new password is typed twice alike."""

    def clean(self) -> dict[str, Any]:
        """Refuses two that differ."""
        first, again = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("Hai lần gõ mật khẩu mới chưa giống nhau. Hãy gõ lại cả hai."))
        return self.cleaned_data


class SignInForm(InOurWords, allauth.LoginForm):
    """Address and password."""


class ChangePasswordForm(TypedTwice, allauth.ChangePasswordForm):
    """The old password and a new one."""


class NewPasswordForm(TypedTwice, allauth.ResetPasswordKeyForm):
    """A new password, after the link of a reset."""


class AskResetForm(InOurWords, allauth.ResetPasswordForm):
    """The address to which a link is sent, when it belongs to somebody."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link, and note that it was asked for."""
        facts = {"address": digest_of_address(self.cleaned_data["email"]), "request": request.correlation}  # type: ignore[attr-defined]
        witness("password_reset_asked", by=None, facts=facts)
        return super().save(request, **kwargs)
