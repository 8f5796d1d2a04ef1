"""The way in for people the administrator entered: one link by mail, used once to set a password."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit.ledger import Actor, record
from audit.models import Kind

from . import passwords
from .acts import Refusal, require_admin
from .models import Invitation, Person

VALID_FOR = timedelta(days=7)  # real time, as all that concerns signing in
TOKEN_BYTES = 32


class Spent(Exception):
    """The link was never given out, has been used, has run out, or its person may not come in."""


@transaction.atomic
def invite(person: Person, *, by: Actor) -> str:
    """Make a new link for a person without a password; the links before it no longer open.

    Returns   the link's token, which is kept nowhere: only its digest is
    Raises    Refusal when the person may not sign in, or has a password already
    """
    require_admin(by)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise Refusal(_("Tài khoản này đã ngừng: hãy mở lại trước khi mời."))
    if person.has_usable_password():
        raise Refusal(_("Người này đã đặt mật khẩu. Nếu quên, họ dùng “Quên mật khẩu” ở trang đăng nhập."))
    token, until = secrets.token_urlsafe(TOKEN_BYTES), timezone.now() + VALID_FOR
    person.invitations.filter(accepted_at=None).update(expires_at=timezone.now())
    Invitation.objects.create(person=person, token_digest=_digest(token), expires_at=until)
    record(person, "invite", by=by, kind=Kind.EDIT, facts={"expires_at": until})
    return token


def opened(token: str) -> Invitation:
    """The invitation this link opens now.

    Raises    Spent
    """
    found = Invitation.objects.select_related("person").filter(token_digest=_digest(token)).first()
    if found is None or found.accepted_at or found.expires_at <= timezone.now() or not found.person.is_active:
        raise Spent
    return found


@transaction.atomic
def accept(token: str, password: str, *, correlation: str = "") -> Person:
    """Set the invited person's first password and spend the link; nobody is signed in by it.

    Raises    Spent, also for the slower of two who use the link at once
    """
    person = Person.objects.select_for_update().get(pk=opened(token).person_id)
    invitation = opened(token)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    passwords.set_password(person, password, act="accept_invitation", by=Actor(person, correlation=correlation))
    return person


def link_of(token: str) -> str:
    """The whole address under which the invitation is accepted."""
    return settings.SITE_URL.rstrip("/") + reverse("organizations:invitation", args=[token])


def send(person: Person, token: str) -> None:
    """Mail the link straight, text and HTML in Vietnamese; call it when the invitation is committed.

    Raises    OSError or SMTPException when the mail server does not take it
    """
    context = {"link": link_of(token), "days": VALID_FOR.days}
    with translation.override("vi"):
        subject = render_to_string("organizations/mail/invitation_subject.txt").strip()
        text = render_to_string("organizations/mail/invitation.txt", context).strip()
        html = render_to_string("organizations/mail/invitation.html", context)
    mail = EmailMultiAlternatives(subject, text, to=[person.email])
    mail.attach_alternative(html, "text/html")
    mail.send()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
