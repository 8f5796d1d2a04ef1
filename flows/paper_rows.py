"""The checklist of a dossier as rows: each component, its papers newest version first, and who may add one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from campaigns.models import Component
from dossiers.edits import may_provide
from dossiers.models import CheckItem, Dossier
from dossiers.words import ACTS
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
    url: str
    preview_url: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One component of the checklist; `blocks` is the button of the act that waits for it."""

    item: CheckItem
    common: bool
    may_add: bool
    blocks: Any
    versions: list[Version]


def paper_rows(dossier: Dossier, person: Person) -> list[PaperRow]:
    """The checklist for this reader; the unit adds its own papers on its drafting page."""
    return [
        PaperRow(
            item, common=item.component.holder == Component.Holder.CAMPAIGN,
            may_add=item.component.provider != "UNIT" and may_provide(dossier, item.component, person),
            blocks=ACTS[item.component.blocks].button if item.component.blocks in ACTS else item.component.blocks,
            versions=list(_versions(dossier, item)),
        )
        for item in dossier.checklist
    ]  # fmt: skip


def _versions(dossier: Dossier, item: CheckItem) -> Iterator[Version]:
    """Every kept version of the dossier's own papers; of a campaign's paper the one in force."""
    if item.component.holder == Component.Holder.CAMPAIGN:
        for paper in item.papers[:1]:
            yield _shown(paper, "", _url("campaigns:paper", dossier.campaign.code, paper.pk), "")
        return
    for document in item.papers:
        for version in document.kept:
            urls = (_url(f"dossiers:{page}", dossier.code, version.pk) for page in ("download", "preview"))
            yield _shown(version, version.by.full_name, *urls)


def _shown(version: Any, by: str, url: str, preview_url: str) -> Version:
    blob = version.blob
    return Version(version.name, version.number, blob.kind, blob.size, blob.sha256, version.at, by, url, preview_url)


def _url(page: str, *parts: Any) -> str:
    """The page's address, or nothing while its floor does not have it."""
    try:
        return reverse(page, args=parts)
    except NoReverseMatch:
        return ""
