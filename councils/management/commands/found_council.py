"""./run manage found_council: enter a council with the number of members its founding decision names."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from audit.ledger import Actor
from councils.acts import found_council
from organizations.models import Organization, Person


class Command(BaseCommand):
    """Enter one council; the one before it ends the day before."""

    help = "Nhập Hội đồng Thi đua – Khen thưởng theo quyết định thành lập."

    def add_arguments(self, parser):
        """The body, its founding decision, its number of members, its first day."""
        parser.add_argument("--organization", required=True, help="mã đơn vị (loại Hội đồng)")
        parser.add_argument("--decision", required=True, help="số, ngày quyết định thành lập")
        parser.add_argument("--members", required=True, type=int, help="tổng số thành viên theo quyết định")
        parser.add_argument("--from", dest="first", required=True, type=date.fromisoformat, help="ngày đầu, YYYY-MM-DD")

    def handle(self, *, organization, decision, members, first, **options):
        """Enter it, or say why not."""
        body = Organization.objects.filter(code=organization).first()
        if body is None:
            raise CommandError(f"Chưa có đơn vị mã {organization}: hãy nhập đơn vị trước.")
        if members < 1:
            raise CommandError("Tổng số thành viên phải từ 1 trở lên.")
        by = Actor(Person.objects.system(), origin="command")
        try:
            found_council(by=by, organization=body, founded_by=decision, members=members, valid_from=first)
        except ValueError as fault:
            raise CommandError(f"{body.name} đã có Hội đồng từ ngày này hoặc sau đó.") from fault
        self.stdout.write(f"Đã nhập {body.name}: {members} thành viên.")
