"""./run backup [DIR]: one copy of database and files, with a manifest that proves it."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflow_project import backup
from workflow_project.engines import Unfit
from workflow_project.restore import place_of


class Command(BaseCommand):
    """Make a copy while the house goes on working."""

    help = "Sao lưu cơ sở dữ liệu và tệp vào một thư mục mới; có dữ liệu cá nhân nên chỉ chủ của nó đọc được."
    requires_system_checks = ()  # the copy must be possible whatever else is out of order

    def add_arguments(self, parser):
        """Where to; without it, a folder named by the moment."""
        parser.add_argument("folder", nargs="?", help="thư mục chưa có; bỏ trống: BACKUP_DIR/<ngày giờ>")

    def handle(self, *, folder, **options):
        """Make it; ends with an error when it was not made, or when the living house is damaged."""
        target = place_of(folder) if folder else settings.BACKUP_DIR / f"{timezone.localtime():%Y%m%d-%H%M%S}"
        try:
            faults = backup.take(target, self.stdout.write)
        except (Unfit, OSError) as problem:
            raise CommandError(f"Chưa sao lưu được: {problem}") from problem
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"Đã sao lưu, nhưng chính hệ thống đang chạy có {len(faults)} chỗ hỏng nêu ở trên.")
