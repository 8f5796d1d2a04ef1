"""What the operator does with a mail: have it sent anew, or say why nobody need look at it any more."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit.clock import now
from audit.ledger import Actor, witness
from organizations.models import Office

from .models import Channel, Notification
from .tasks import deliver_for

FACTS = ("sent_at", "given_up_at", "attempts", "answer")  # of a mail, as the ledger keeps them


class Settled(Exception):
    """Another has settled this mail meanwhile; there is nothing left to do."""


@transaction.atomic
def resend(pk: int, *, by: Actor) -> Notification:
    """Owe a mail anew, with its tries and its 72 hours from the beginning and the same Message-ID.

    Raises    PermissionDenied, Settled (it waits for its turn already), Notification.DoesNotExist
    """
    _require_operator(by)
    mail = _locked(pk)
    if mail.sent_at is None and mail.given_up_at is None and not mail.attempts:
        raise Settled
    facts = {"notice": mail.pk, "event": mail.template, **{name: getattr(mail, name) for name in FACTS}}
    witness("resend_mail", by=by, subject=mail.recipient, facts=facts)
    mail.owed_at = mail.not_before = timezone.now()
    mail.attempts, mail.answer, mail.resent = 0, "", mail.resent + 1
    mail.sent_at = mail.given_up_at = mail.held_until = None
    mail.dismissed_at, mail.dismissed_by, mail.dismissed_reason = None, None, ""
    mail.save()
    deliver_for.delay_on_commit(mail.entry_id)
    return mail


@transaction.atomic
def dismiss(pk: int, *, by: Actor, reason: str) -> None:
    """Say of a given-up mail why nobody need look at it any more; the notice in the product stays.

    Raises    PermissionDenied, Settled (it is sent anew, or dismissed already), Notification.DoesNotExist
    """
    _require_operator(by)
    mail = _locked(pk)
    if mail.given_up_at is None or mail.dismissed_at is not None:
        raise Settled
    mail.dismissed_at, mail.dismissed_by, mail.dismissed_reason = now(), by.person, reason
    mail.save(update_fields=["dismissed_at", "dismissed_by", "dismissed_reason"])
    facts = {"notice": mail.pk, "event": mail.template, "answer": mail.answer}
    witness("dismiss_mail", by=by, subject=mail.recipient, reason=reason, facts=facts)


def _locked(pk: int) -> Notification:
    mails = Notification.objects.filter(channel=Channel.EMAIL).select_for_update(of=("self",))
    return mails.select_related("recipient").get(pk=pk)


def _require_operator(by: Actor) -> None:
    if not any(held.office == Office.ADMIN for held in by.person.offices_today()):
        raise PermissionDenied
