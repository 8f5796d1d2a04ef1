"""The checklist of a dossier as rows: each component, its papers newest version first, and who may add one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from campaigns.models import Component
from dossiers.models import CheckItem, Dossier
from dossiers.papers import may_provide
from dossiers.words import ACTS
from files.models import Scan
from organizations.models import Person


@dataclass(frozen=True, slots=True)
class Version:
    """One file as it is shown."""

    name: str
    number: int
    kind: str
    size: int
    sha256: str
    at: Any
    by: str
    scan: str
    url: str
    preview_url: str
    replace_url: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One component of the checklist; `blocks` is the button of the act that waits for it."""

    item: CheckItem
    common: bool
    may_add: bool
    blocks: Any
    versions: list[Version]


def paper_rows(dossier: Dossier, person: Person, *, heard: bool, kept_away: bool = False) -> list[PaperRow]:
    """The checklist for this reader; the unit adds its own papers on its drafting page.

    heard        whether the reader may know what the desks say; others do not open a desk's paper under way
    kept_away    whether the reader takes no part in the dossier: then nothing of it is theirs to bring
    """
    return [_row(dossier, item, person, heard, not kept_away) for item in dossier.checklist]


def _row(dossier: Dossier, item: CheckItem, person: Person, heard: bool, free: bool) -> PaperRow:
    component = item.component
    common = component.holder == Component.Holder.CAMPAIGN
    may_add = free and component.provider != "UNIT" and may_provide(dossier, component, person)
    blocks = ACTS[component.blocks].button if component.blocks in ACTS else component.blocks
    if common:
        versions = _common(dossier, item)
    else:
        versions = _own(dossier, item, may_change=may_add) if heard or component.provider == "UNIT" else iter(())
    return PaperRow(item, common, may_add, blocks, list(versions))


def _common(dossier: Dossier, item: CheckItem) -> Iterator[Version]:
    """The version in force of a paper that serves the whole campaign."""
    for paper in item.papers[:1]:
        here = [dossier.campaign.code, paper.pk]
        yield _shown(paper, "", reverse("campaigns:paper", args=here), reverse("campaigns:paper_preview", args=here))


def _own(dossier: Dossier, item: CheckItem, *, may_change: bool) -> Iterator[Version]:
    """Every kept version of the dossier's own papers; the newest may be replaced or taken off by its provider."""
    for document in item.papers:
        for version in document.kept:
            here, there = [dossier.code, version.pk], [dossier.code, document.pk]
            ways = ("replace", "remove") if may_change and version is document.latest else ()
            yield _shown(
                version, version.by.full_name, reverse("dossiers:download", args=here),
                reverse("dossiers:preview", args=here), *(reverse(f"dossiers:{way}", args=there) for way in ways),
            )  # fmt: skip


def _shown(version: Any, by: str, *urls: str) -> Version:
    blob = version.blob
    scan = "" if blob.scan == Scan.CLEAN else blob.get_scan_display()
    return Version(version.name, version.number, blob.kind, blob.size, blob.sha256, version.at, by, scan, *urls)
