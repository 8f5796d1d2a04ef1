"""./run manage drill: back up, restore into a throw-away place, compare, clear away."""

from django.core.management.base import BaseCommand, CommandError

from workflow_project import drill
from workflow_project.engines import Unfit


class Command(BaseCommand):
    """Try out a restore without touching the living house."""

    help = "Diễn tập phục hồi: sao lưu, nạp vào nơi tạm, so từng dòng và từng tệp, rồi xoá nơi tạm."
    requires_system_checks = ()  # the copy must be possible whatever else is out of order

    def handle(self, **options):
        """Do it, print the figures and what differs."""
        try:
            found = drill.run(self.stdout.write)
        except (Unfit, OSError) as problem:
            raise CommandError(f"Chưa diễn tập được: {problem}") from problem
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError("Diễn tập phục hồi có sai lệch, nêu ở trên.")
        self.stdout.write("Diễn tập đạt: bản phục hồi giống hệt.")
