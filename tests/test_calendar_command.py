"""`working_days` as the operator types it."""

import json
from datetime import date, time

import pytest
from django.core.management import CommandError, call_command

from audit.ledger import Actor
from organizations import calendar, calendar_acts
from organizations.models import Organization

pytestmark = pytest.mark.django_db


def run(capsys, *args):
    call_command("working_days", *args)
    return capsys.readouterr().out


@pytest.fixture
def loaded(db):
    """A house without a district."""
    call_command("load_house")


def test_it_prints_the_day_and_every_day_skipped_with_why(loaded, capsys):
    lines = run(capsys, "2026-02-10", "5").splitlines()
    assert lines[0] == "5 ngày làm việc sau thứ Ba, 10/02/2026: thứ Ba, 24/02/2026"
    assert len(lines[2:-1]) == 9
    assert "  thứ Hai, 16/02/2026: Giao thừa Tết Nguyên Đán [Bộ luật Lao động 2019, Điều 112]" in lines
    assert "  thứ Bảy, 21/02/2026: Nghỉ hằng tuần [Bộ luật Lao động 2019, Điều 111]" in lines
    assert lines[-1] == "Lịch làm việc bản 2, chung cả nước."


def test_it_tells_the_swap_with_its_document(loaded, capsys):
    told = run(capsys, "31/12/2025", "6")
    assert "thứ Bảy, 10/01/2026" in told.splitlines()[0]
    assert told.count("12729/VPCP-KGVX ngày 25/12/2025 (theo báo chí)") == 2
    assert "Có tính, vì làm bù:" in told


def test_what_is_not_decided_yet_is_called_an_estimate(loaded, capsys):
    told = run(capsys, "2027-02-03", "1")
    assert told.count("(ước tính)") == 5
    assert "chưa có văn bản" in told
    assert "ước tính" not in run(capsys, "2026-11-20", "5")


def test_as_json_for_one_body(world, capsys):
    commune = Organization.objects.get(code="X-AM")
    row = calendar_acts.enter_day(by=Actor(world.admin), day=date(2024, 11, 20), kind="HALF", closes_at=time(11, 30),
                                  document="1/TB", organization=commune)  # fmt: skip
    calendar_acts.confirm_day(row, by=Actor(world.person("vanphong")))
    calendar.forget()
    told = json.loads(run(capsys, "2024-11-18", "2", "--unit", "X-AM", "--json"))
    assert (told["date"], told["unit"], told["calendar_version"]) == ("2024-11-20", "X-AM", 3)
    assert told["due"] == "2024-11-20T11:30:00+07:00"
    assert told["skipped"] == []
    assert "đến 11:30" in run(capsys, "2024-11-18", "2", "--unit", "X-AM")
    assert json.loads(run(capsys, "2024-11-18", "2", "--json"))["due"].startswith("2024-11-20T23:59")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "Ngày bắt đầu chưa đúng"),
        (["hom-nay", "5"], "Ngày bắt đầu chưa đúng"),
        (["2026-02-30", "5"], "Ngày bắt đầu chưa đúng"),
        (["2026-02-10"], "Số ngày làm việc chưa đúng"),
        (["2026-02-10", "-1"], "Số ngày làm việc chưa đúng"),
        (["2026-02-10", "٣"], "Số ngày làm việc chưa đúng"),
        (["2026-02-10", "999999999999"], "Số ngày làm việc chưa đúng"),
        (["2026-02-10", "5", "--unit", "KHONG"], "Không có đơn vị mã KHONG"),
        (["2100-12-20", "30"], "lịch chỉ có từ 1901 đến 2100"),
        (["0001-01-01", "3"], "lịch chỉ có từ 1901 đến 2100"),
        (["9999-12-31", "3"], "lịch chỉ có từ 1901 đến 2100"),
    ],
)
def test_what_cannot_be_read_is_answered_in_vietnamese(args, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("working_days", *args)
    assert refused.value.returncode == 1
