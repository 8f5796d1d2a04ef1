"""Preview which open deadlines would move, or move them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.ledger import Actor
from campaigns.models import Campaign
from flows.recompute import moves, recompute
from organizations.models import Person


class Command(BaseCommand):
    help = "Xem trước các hạn sẽ đổi; thêm --apply và --reason để đổi thật"

    def add_arguments(self, parser: Any) -> None:
        """--campaign CODE, --apply, --reason TEXT."""
        parser.add_argument("--campaign", help="mã đợt thi đua; để trống là mọi đợt")
        parser.add_argument("--apply", action="store_true", help="đổi thật, ghi nhật ký từng bước")
        parser.add_argument("--reason", default="", help="lý do, ghi vào nhật ký")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each step that moves."""
        campaign = self._campaign(options["campaign"])
        if options["apply"]:
            if not options["reason"].strip():
                raise CommandError("Hãy ghi lý do: --reason \"…\"")
            by = Actor(Person.objects.system(), origin="command")
            moved, _rest = recompute(by=by, reason=options["reason"].strip(), campaign=campaign)
            self.stdout.write(f"Đã tính lại hạn của {moved} bước.")
            return
        count = 0
        for move in moves(campaign):
            count += 1
            self.stdout.write(f"{move.step.process.dossier.code}  {move.step.flow_task.task_title}: "
                              f"{_day(move.before.due_at)} → {_day(move.after.due_at)}")  # fmt: skip
        self.stdout.write(f"{count} bước sẽ đổi hạn. Thêm --apply --reason \"…\" để đổi thật.")

    def _campaign(self, code: str | None) -> Campaign | None:
        if not code:
            return None
        try:
            return Campaign.objects.get(code=code)
        except Campaign.DoesNotExist as missing:
            raise CommandError(f"Không có đợt thi đua mã {code}.") from missing


def _day(moment: Any) -> str:
    return f"{moment.astimezone():%d/%m/%Y}" if moment else "không đặt hạn"
