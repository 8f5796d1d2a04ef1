"""`working_days 2026-02-10 5`: the working day so many after a day, and each day skipped with its reason."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organizations import calendar
from organizations.day_words import LAST_DECIDED
from organizations.models import Organization

WEEKDAYS = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
MOST = 10_000  # working days


class Command(BaseCommand):
    """Reads the calendar in force; changes nothing."""

    help = "In ngày làm việc thứ N sau một ngày và từng ngày không tính, kèm lý do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day, the number, the body, the form of the answer."""
        parser.add_argument("ngay", nargs="?", default="", help="ngày bắt đầu, không tính: 2026-02-10 hoặc 10/02/2026")
        parser.add_argument("so", nargs="?", default="", help="số ngày làm việc, từ 0")
        parser.add_argument("--unit", default="", help="mã đơn vị; không có thì lịch chung cả nước")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answer."""
        start, count, unit = _day(options["ngay"]), _count(options["so"]), _unit(options["unit"])
        days = calendar.working_days(unit)
        try:
            end = days.add_working_days(start, count)
        except (ValueError, OverflowError) as beyond:
            raise CommandError(f"Không tính được từ ngày {start:%d/%m/%Y}: lịch chỉ có từ 1901 đến 2100.") from beyond
        between = [start + timedelta(days=n) for n in range(1 if count else 0, (end - start).days + 1)]
        told = [(day, days.why(day)) for day in between]
        skipped = [(day, why) for day, why in told if not why.worked]
        made_up = [(day, why) for day, why in told if why.worked and day.weekday() >= 5]
        answer = _json if options["json"] else _text
        self.stdout.write(answer(start, count, unit, end, days, skipped, made_up))


def _text(start: date, count: int, unit: Any, end: date, days: Any, skipped: list, made_up: list) -> str:
    due = days.due_on(end)
    hour = "" if due == days.end_of_day(end) else f", đến {due:%H:%M}"
    lines = [f"{count} ngày làm việc sau {_said(start)}: {_said(end)}{hour}"]
    lines += ["Không tính:", *(_line(day, why) for day, why in skipped)] if skipped else ["Không có ngày nghỉ ở giữa."]
    lines += ["Có tính, vì làm bù:", *(_line(day, why) for day, why in made_up)] if made_up else []
    if end.year > LAST_DECIDED:
        lines.append(f"Lịch nghỉ từ năm {LAST_DECIDED + 1} chưa có văn bản: ngày ghi “ước tính” có thể đổi.")
    return "\n".join([*lines, f"Lịch làm việc bản {days.version}{f', {unit.name}' if unit else ', chung cả nước'}."])


def _line(day: date, why: Any) -> str:
    return f"  {_said(day)}: {why.reason} [{why.source}]{' (ước tính)' if why.estimated else ''}"


def _json(start: date, count: int, unit: Any, end: date, days: Any, skipped: list, made_up: list) -> str:
    def told(rows: list) -> list[dict[str, Any]]:
        return [{"day": day, "why": why.reason, "source": why.source, "estimated": why.estimated} for day, why in rows]

    answer = {
        "start": start, "working_days": count, "unit": unit.code if unit else None, "date": end,
        "due": days.due_on(end).isoformat(), "skipped": told(skipped), "made_up": told(made_up),
        "estimated": any(why.estimated for _day, why in skipped), "calendar_version": days.version,
    }  # fmt: skip
    return json.dumps(answer, ensure_ascii=False, indent=2, default=str)


def _said(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise CommandError("Ngày bắt đầu chưa đúng. Gõ theo mẫu 2026-02-10 hoặc 10/02/2026.")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST):
        raise CommandError(f"Số ngày làm việc chưa đúng. Gõ một số từ 0 đến {MOST}.")
    return int(text)


def _unit(code: str) -> Organization | None:
    if not code:
        return None
    found = Organization.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"Không có đơn vị mã {code}. Xem mã ở trang Đơn vị.")
    return found
