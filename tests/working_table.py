"""The hand-made table of every day 2024 to 2026, and the plain way to count on it: one day after another."""

from datetime import date, timedelta
from pathlib import Path

from organizations.calendar import Override

SWAP = "12729/VPCP-KGVX ngày 25/12/2025 (theo báo chí)"
SEED = (Override(date(2026, 1, 2), "OFF", document=SWAP), Override(date(2026, 1, 10), "WORK", document=SWAP))
TABLE = Path(__file__).parent / "data" / "lich_2024_2026.txt"
WORKED, SHUT = ".B", "sH"


def read_table(text=None):
    """{day: whether it is worked}, from the file's letters."""
    table = {}
    for line in (text or TABLE.read_text(encoding="utf-8")).splitlines():
        if line and not line.startswith("#"):
            month, letters = line.split()
            for number, letter in enumerate(letters, start=1):
                assert letter in WORKED + SHUT, line
                table[date.fromisoformat(f"{month}-{number:02d}")] = letter in WORKED
    return table


class Walk:
    """The calendar as a child would keep it: a table of days, walked through with a finger."""

    def __init__(self, table):
        self.table = table

    def add(self, day, n):
        """Day by day forward until n worked days are passed."""
        left = n
        while left or not self.table[day]:
            day += timedelta(days=1)
            left -= self.table[day] if left else 0
            if not left and self.table[day]:
                return day
        return day

    def before(self, day, n):
        """Day by day back."""
        left = n
        while left or not self.table[day]:
            day -= timedelta(days=1)
            left -= self.table[day] if left else 0
            if not left and self.table[day]:
                return day
        return day

    def between(self, a, b):
        """Worked days after a, up to and including b; negative the other way."""
        if b < a:
            return -self.between(b, a)
        return sum(self.table[a + timedelta(days=n)] for n in range(1, (b - a).days + 1))
