"""Telling administrators, inside the product only, that mails do not leave: no mail could be owed about that."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit.ledger import witness
from organizations.models import Appointment, Office, Person

from .models import MailServer, Notification

AT_MOST_EVERY = timedelta(hours=1)
LONG_AWAY = timedelta(minutes=15)
PAGES = {"mail_given_up": "/thu-da-gui/?tinh-trang=bo-cuoc", "mail_server_away": "/thu-da-gui/"}


@transaction.atomic
def ring() -> bool:
    """Tell of mails given up since the last time, or else of a server that is away for long; at most once an hour.

    Returns   whether there was something to tell and nobody had told it
    """
    now = timezone.now()
    MailServer.objects.get_or_create(pk=1)
    row = MailServer.objects.select_for_update().get(pk=1)
    if row.told_at and now - row.told_at < AT_MOST_EVERY:
        return False
    given_up = Notification.objects.filter(channel="EMAIL", given_up_at__isnull=False, dismissed_at=None)
    count = (given_up.filter(given_up_at__gt=row.told_at) if row.told_at else given_up).count()
    if count:
        _tell("mail_given_up", count=count)
    elif row.away_since and now - row.away_since > LONG_AWAY:
        _tell("mail_server_away", since=f"{timezone.localtime(row.away_since):%H:%M %d/%m/%Y}")
    else:
        return False
    row.told_at = now
    row.save(update_fields=["told_at"])
    return True


def _tell(template: str, **context: object) -> None:
    """One line of the ledger, and one notice about it to each administrator of today."""
    entry = witness(template, by=None, facts=context)
    appointed = Appointment.objects.today().filter(office=Office.ADMIN)
    Notification.objects.bulk_create(
        Notification(
            entry_id=entry.pk, recipient=admin, channel="IN_APP", template=template, context=context,
            url=PAGES[template], created_at=entry.at,
        )
        for admin in Person.objects.filter(pk__in=appointed.values("person_id"))
    )  # fmt: skip
