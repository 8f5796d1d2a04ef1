"""./run demo: lay out the made-up district; with --once carry twelve dossiers through the pages over HTTP."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import clock
from dossiers.models import Dossier
from organizations.models import Organization
from workflow_project import district, rehearsal, samples


class Command(BaseCommand):
    """Prepare the demo, or rehearse it."""

    help = "Chuẩn bị bản dùng thử; --once: đi hết các bước của mười hai hồ sơ qua HTTP."

    def add_arguments(self, parser):
        """--once."""
        parser.add_argument("--once", action="store_true", help="diễn thử một lượt rồi kết thúc")

    def handle(self, *, once, **options):
        """Build what is not there yet."""
        if not settings.DEMO:
            raise CommandError("Lệnh này chỉ dành cho bản dùng thử (DEMO=1).")
        if not Organization.objects.exists():
            clock.set_to(samples.OPENS if once else samples.SET_UP)
        if once:
            if Dossier.objects.exists():
                raise CommandError("Cơ sở dữ liệu này đã có hồ sơ; --once cần một cơ sở dữ liệu trống.")
            rehearsal.rehearse(district.build(), self.stdout.write)
            return
        campaign = district.build()
        if not Dossier.objects.exists():
            samples.lay_out(campaign)
        self.stdout.write(f"Huyện mẫu đã sẵn sàng; mật khẩu của mọi người: {district.PASSWORD}")
