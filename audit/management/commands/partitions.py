"""./run manage partitions: keep the ledger's monthly partitions ahead of time (PostgreSQL)."""

from datetime import date

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from audit.guards import TABLE, months, partition


class Command(BaseCommand):
    """Make the partitions of the coming months, guarded like the others."""

    help = "Tạo trước các phân vùng theo tháng của nhật ký (PostgreSQL)."

    def add_arguments(self, parser):
        """How many months from this one on."""
        parser.add_argument("--months", type=int, default=24)

    @transaction.atomic
    def handle(self, *, months: int, **options):
        """Make what is missing; on SQLite there is nothing to do."""
        if connection.vendor != "postgresql":
            self.stdout.write("SQLite không dùng phân vùng; không cần làm gì.")
            return
        made = [name for name in _missing(months) if name]
        self.stdout.write(f"Đã tạo {len(made)} phân vùng: {', '.join(made) or 'không thiếu phân vùng nào'}")


def _missing(count: int):
    """Make each missing month; yields its name."""
    this_month = date.today().replace(day=1)  # noqa: DTZ011  real time: a partition is made ahead of any clock
    with connection.cursor() as cursor:
        for start, end in months(this_month, count):
            name = f"{TABLE}_{start:%Y_%m}"
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None:
                for statement in partition(start, end):
                    cursor.execute(statement)
                yield name
