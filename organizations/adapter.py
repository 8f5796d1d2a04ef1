"""How allauth behaves in this house: nobody signs up, everything is witnessed, everything is said in Vietnamese."""

import hashlib
import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.ledger import Actor, witness

from . import passwords
from .models import Person

log = logging.getLogger(__name__)


def digest_of_address(address: str) -> str:
    """A mark by which lines about the same address are found, without the address: 16 hex digits of its sha256."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:16]


class HouseAdapter(DefaultAccountAdapter):
    """Sign-in, sign-out and passwords, each leaving its line in the ledger."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tài khoản này đã ngừng hoạt động."),
        "email_password_mismatch": _("Địa chỉ thư hoặc mật khẩu chưa đúng. Hãy kiểm tra rồi gõ lại."),
        "enter_current_password": _("Mật khẩu đang dùng chưa đúng. Hãy gõ lại."),
        "incorrect_password": _("Mật khẩu chưa đúng. Hãy gõ lại."),
        "invalid_login": _("Không đăng nhập được. Hãy kiểm tra rồi gõ lại."),
        "invalid_password_reset": _("Liên kết đặt lại mật khẩu đã dùng hoặc đã hết hạn. Hãy yêu cầu liên kết mới."),
        "too_many_login_attempts": _("Sai nhiều lần liên tiếp. Hãy chờ vài phút rồi thử lại, hoặc đặt lại mật khẩu."),
        "rate_limited": _("Bạn gửi quá nhiều yêu cầu trong thời gian ngắn. Hãy chờ vài phút rồi thử lại."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are entered by the administrator and invited."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person with this address and password, when they may sign in."""
        person: Any = super().authenticate(request, **credentials)
        if person is not None and not person.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One line on the chain of the house, which tells no address."""
        facts = {"address": digest_of_address(credentials.get("email") or ""), "request": self._correlation(request)}
        witness("sign_in_failed", by=None, facts=facts)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Open the session and note it."""
        super().login(request, user)
        witness("sign_in", by=self._actor(request, user), subject=user)

    def logout(self, request: HttpRequest) -> None:
        """Note it and close the session."""
        if request.user.is_authenticated:
            person = Person.objects.get(pk=request.user.pk)
            witness("sign_out", by=self._actor(request, person), subject=person)
        super().logout(request)

    def clean_password(self, password: str, user: Any = None) -> str:
        """The password itself, or a refusal in Vietnamese."""
        passwords.check(password, user)
        return password

    def set_password(self, user: Any, password: str) -> None:
        """Set it under the person's lock; allauth would write back the whole row, an old chain head included."""
        changed_by_themselves = self.request.user.is_authenticated and self.request.user.pk == user.pk
        act = "change_password" if changed_by_themselves else "reset_password"
        passwords.set_password(user, password, act=act, by=self._actor(self.request, user))

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Only to people who have a password to forget; one who was invited comes in by the invitation."""
        if user.is_active and user.has_usable_password():
            super().send_password_reset_mail(user, user.email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link under the house's own address, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it now; a mail server that fails must not tell who has an account here."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("mail %s was not sent", template_prefix)

    def format_email_subject(self, subject: str) -> str:
        """The subject as written, without the host in brackets."""
        return str(subject)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the desk, where the message is read."""
        return "/"

    @staticmethod
    def _correlation(request: HttpRequest | None) -> str:
        return getattr(request, "correlation", "")

    def _actor(self, request: HttpRequest, person: Person) -> Actor:
        return Actor(person, correlation=self._correlation(request))
