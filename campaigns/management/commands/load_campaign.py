"""./run manage load_campaign FILE: make a campaign what its data file says; again and again without harm."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from audit.ledger import Actor
from campaigns.acts import BadData, load_campaign
from organizations.models import Person


class Command(BaseCommand):
    """Load one campaign from its dated data file."""

    help = "Nạp một đợt thi đua từ tệp dữ liệu (TOML). Chạy lại nhiều lần không sao."

    def add_arguments(self, parser):
        """One file."""
        parser.add_argument("path", type=Path)

    def handle(self, *, path, **options):
        """Load it and say what came of it."""
        if not path.is_file():
            raise CommandError(f"Không có tệp {path}.")
        try:
            campaign, changed = load_campaign(path, by=Actor(Person.objects.system(), origin="command"))
        except BadData as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{campaign.code}: {'đã cập nhật' if changed else 'không có gì thay đổi'}")
