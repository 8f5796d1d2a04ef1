"""Writing of campaigns: loading one from its data file, keeping its common papers."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.clock import now
from audit.ledger import Actor, record, witness
from audit.models import Kind
from files.models import Blob
from organizations.authority import acting
from organizations.models import Office, Organization, Place

from .models import (
    Campaign,
    CampaignAward,
    CampaignPaper,
    CampaignPlace,
    Component,
    Criterion,
    DeadlineRule,
    MinimumWait,
    Rung,
)
from .terms import forget

PARTS: dict[str, Any] = {"awards": CampaignAward, "components": Component, "criteria": Criterion}
RULE_KEY = ("node", "nature", "award", "regime", "valid_from")  # by which a rule of the file is found again
LADDER = Path(__file__).parent / "data" / "thang_nhac.toml"


class BadData(Exception):
    """The data file cannot be loaded; says which row and why."""


@transaction.atomic
def load_campaign(path: Path, *, by: Actor) -> tuple[Campaign, bool]:
    """Make the campaign what its data file says; running it again changes nothing.

    Returns   (campaign, whether anything changed)
    Raises    BadData
    """
    data = _read(path)
    campaign = _campaign(data)
    before = describe(campaign)
    _places(campaign, data["places"])
    _participants(campaign, data["participants"])
    for part, model in PARTS.items():
        _rows(campaign, model, data.get(part, []))
    _rules(campaign, data.get("deadlines", []))
    _waits(campaign, data.get("waits", []))
    after = describe(campaign)
    if before != after:
        record(campaign, "load_campaign", by=by, kind=Kind.EDIT, before=before, after=after)
    return campaign, before != after


def _read(path: Path) -> dict:
    """The file's content.

    Raises    BadData when it is no TOML, or a part is missing
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadData(f"Tệp {path.name} không phải TOML đọc được: {fault}") from fault
    if missing := {"campaign", "places", "participants"} - data.keys():
        raise BadData(f"Tệp {path.name} thiếu phần: {', '.join(sorted(missing))}.")
    return data


def _campaign(data: dict) -> Campaign:
    values = dict(data["campaign"])
    authority = _body(data["places"]["AUTHORITY"])
    campaign, _ = Campaign.objects.update_or_create(
        code=values.pop("code"), defaults={**values, "authority": authority}
    )
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


def _body(code: str) -> Organization:
    try:
        return Organization.objects.get(code=code)
    except Organization.DoesNotExist as missing:
        raise BadData(f"Chưa có đơn vị mã {code}: hãy nhập đơn vị trước khi nạp đợt thi đua.") from missing


def _places(campaign: Campaign, places: dict[str, str]) -> None:
    if missing := set(Place.values) - {Place.UNIT} - places.keys():
        raise BadData(f"Chưa có đơn vị cho nơi xử lý: {', '.join(sorted(missing))}.")
    for place, code in places.items():
        if place not in Place.values:
            raise BadData(f"Không có nơi xử lý tên {place}.")
        CampaignPlace.objects.update_or_create(campaign=campaign, place=place, defaults={"organization": _body(code)})


def _participants(campaign: Campaign, rule: dict) -> None:
    bodies = Organization.objects.within(_body(rule["under"])).filter(kind__in=rule["kinds"])
    campaign.participants.set(bodies)


def _rows(campaign: Campaign, model: Any, rows: list[dict]) -> None:
    """Rows of one part, found by their code; a row that left the file is refused, because dossiers may lean on it."""
    for position, row in enumerate(rows, start=1):
        values = {name: " ".join(value) if isinstance(value, list) else value for name, value in row.items()}
        values["position"] = position
        model.objects.update_or_create(campaign=campaign, code=values.pop("code"), defaults=values)
    gone = model.objects.filter(campaign=campaign).exclude(code__in=[row["code"] for row in rows])
    if gone.exists():
        raise BadData(f"{gone.first()} không còn trong tệp dữ liệu nhưng đã có trong hệ thống; không xoá.")


def _rules(campaign: Campaign, rows: list[dict]) -> None:
    """Deadline rules of the file; those entered on the page stay, whatever the file says."""
    usual = {"nature": DeadlineRule.Nature.INTERNAL, "award": "", "regime": "", "valid_from": campaign.opens_on}
    for row in rows:
        values = {**usual, **row}
        key = {name: values.pop(name) for name in RULE_KEY}
        DeadlineRule.objects.update_or_create(campaign=campaign, **key, defaults=values)


def _waits(campaign: Campaign, rows: list[dict]) -> None:
    """Minimum waits of the file, found by the act, the award and the day from which they hold."""
    for row in rows:
        values = {"award": "", "valid_from": campaign.opens_on, **row}
        key = {name: values.pop(name) for name in ("act", "award", "valid_from")}
        MinimumWait.objects.update_or_create(campaign=campaign, **key, defaults=values)


@transaction.atomic
def load_ladder(*, by: Actor, path: Path = LADDER) -> int:
    """Enter the rungs every campaign has by default, unless there are any; returns how many were entered.

    Source    domain.md 6
    """
    if Rung.objects.filter(campaign=None).exists():
        return 0
    rows = [Rung(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["rungs"]]
    witness("load_ladder", by=by, facts={"rungs": [[row.offset, row.audience, row.clause] for row in rows]})
    transaction.on_commit(forget)
    return len(Rung.objects.bulk_create(rows))


def describe(campaign: Campaign) -> dict:
    """Everything the data file says, as the ledger keeps it."""
    campaign = Campaign.objects.get(pk=campaign.pk)
    own = {f.name: getattr(campaign, f.attname) for f in Campaign._meta.concrete_fields if "chain" not in f.name}
    parts = {
        part: list(model.objects.filter(campaign=campaign).order_by("pk").values()) for part, model in PARTS.items()
    }
    parts["waits"] = list(MinimumWait.objects.filter(campaign=campaign).order_by("pk").values())
    parts["deadlines"] = list(DeadlineRule.objects.filter(campaign=campaign).order_by("pk").values())
    places = dict(campaign.places.order_by("place").values_list("place", "organization__code"))
    who = list(campaign.participants.order_by("code").values_list("code", flat=True))
    return {"campaign": own, "places": places, "participants": who, **parts}


@transaction.atomic
def add_paper(component: Component, blob: Blob, name: str, *, by: Actor) -> CampaignPaper:
    """Keep the next version of a paper that serves the whole campaign.

    Raises    PermissionDenied unless the person is HOME_AFFAIRS at the campaign's standing body
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=component.campaign_id)
    standing = campaign.places.get(place=Place.STANDING_BODY).organization
    if component.holder != Component.Holder.CAMPAIGN:
        raise PermissionDenied
    actor = acting(by, Office.HOME_AFFAIRS, standing)
    number = component.papers.count() + 1
    paper = CampaignPaper.objects.create(
        component=component, number=number, blob=blob, name=name, by=by.person, at=now()
    )
    record(campaign, "add_campaign_paper", by=actor, kind=Kind.EDIT,
           after={"component": component.code, "name": name, "sha256": blob.sha256, "number": number})  # fmt: skip
    return paper
