"""./run restore DIR: bring a copy up in an empty database and an empty folder, and prove that it is the same."""

from django.core.management.base import BaseCommand, CommandError

from workflow_project import restore
from workflow_project.engines import Unfit


class Command(BaseCommand):
    """Load a copy and compare, or only compare."""

    help = (
        "Phục hồi một bản sao lưu vào cơ sở dữ liệu trống (DATABASE_URL) và kho tệp trống (VAR_DIR), "
        "rồi so từng dòng, từng tệp. Có sai lệch thì kết thúc với mã lỗi."
    )
    requires_system_checks = ()  # they would ask an empty database

    def add_arguments(self, parser):
        """Which copy."""
        parser.add_argument("folder", help="thư mục do ./run backup tạo ra")
        parser.add_argument("--compare", action="store_true", help="chỉ so với hệ thống đang có, không nạp gì")

    def handle(self, *, folder, compare, **options):
        """Do it, print what differs."""
        way = restore.compare if compare else restore.load
        try:
            found = way(restore.place_of(folder), self.stdout.write)
        except (Unfit, OSError) as problem:
            raise CommandError(f"Chưa phục hồi được: {problem}") from problem
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"Có {len(found)} sai lệch so với bản sao lưu, nêu ở trên.")
        self.stdout.write("Giống hệt bản sao lưu: từng dòng, từng tệp, nhật ký nguyên vẹn.")
