"""What every house has from its first day: the known days of the calendar, the rungs of the ladder."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.ledger import Actor
from campaigns.acts import load_ladder
from organizations.calendar_acts import load_seed
from organizations.models import Person


class Command(BaseCommand):
    """`load_house`: run after every migration; what is there already stays as it is."""

    help = "Nạp lịch làm việc đã biết và thang nhắc hạn mặc định; chạy lại không đổi gì."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing and say what was loaded."""
        by = Actor(Person.objects.system(), origin="command")
        days, rungs = load_seed(by=by), load_ladder(by=by)
        if days or rungs:
            self.stdout.write(f"Đã nạp {days} ngày của lịch làm việc, {rungs} bậc nhắc hạn.")
