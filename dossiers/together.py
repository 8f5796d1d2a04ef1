"""What pages ask of many dossiers, read at once: so many statements whatever the number of dossiers and names."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch

from audit.clock import today
from campaigns.models import CampaignPaper, CampaignPlace, Component
from campaigns.terms import waits_for_act

from .holding import Hold
from .models import CheckItem, Document, DocumentVersion, Dossier, Nomination, Verdict


def read_together(dossiers: Iterable[Dossier], *, acts: Iterable[str] = ()) -> None:
    """Lay names, verdicts, papers, checklist, places and holds ready on each dossier.

    dossiers    with their campaign joined; those of one campaign share one campaign object afterwards
    acts        whose minimum waits are asked too
    """
    by_pk = {dossier.pk: dossier for dossier in dossiers}
    campaigns = _share_campaigns(by_pk)
    _names(by_pk)
    _papers(by_pk)
    _campaign_parts(by_pk, campaigns)
    _stands(by_pk)
    for act in acts:
        _waits(by_pk, act, campaigns)


def _share_campaigns(by_pk: dict[int, Dossier]) -> dict[int, Any]:
    """One campaign object for all its dossiers, so that what it knows of itself is asked once."""
    campaigns: dict[int, Any] = {}
    for dossier in by_pk.values():
        dossier.campaign = campaigns.setdefault(dossier.campaign_id, dossier.campaign)
    return campaigns


def _names(by_pk: dict[int, Dossier]) -> None:
    """Nominations in their order, and what was said of them."""
    names, said = defaultdict(list), defaultdict(lambda: defaultdict(list))
    rows = Nomination.objects.filter(dossier__in=by_pk).select_related("award", "ballot", "line")
    for name in rows.order_by("dossier_id", "position", "id"):
        name.dossier = by_pk[name.dossier_id]
        names[name.dossier_id].append(name)
    verdicts = Verdict.objects.filter(nomination__dossier__in=by_pk).select_related("nomination").order_by("pk")
    for verdict in verdicts:
        said[verdict.nomination.dossier_id][verdict.nomination_id].append(verdict)
    for pk, dossier in by_pk.items():
        dossier.__dict__.update(names=names[pk], said=said[pk])


def _papers(by_pk: dict[int, Dossier]) -> None:
    """Documents not removed, the newest version first in each."""
    rows = DocumentVersion.objects.filter(document__dossier__in=by_pk, document__removed_at=None)
    rows = rows.select_related("document__component", "blob", "by")
    found: dict[int, dict[int, Document]] = defaultdict(dict)
    for version in rows.order_by("document__component__position", "document_id", "-number"):
        document = found[version.document.dossier_id].setdefault(version.document_id, version.document)
        document.__dict__.setdefault("kept", []).append(version)
    for pk, dossier in by_pk.items():
        dossier.__dict__["papers"] = list(found[pk].values())


def _campaign_parts(by_pk: dict[int, Dossier], campaigns: dict[int, Any]) -> None:
    """The checklist of each, and the bodies that stand at the places of its campaign."""
    common = Prefetch("papers", CampaignPaper.objects.select_related("blob"))
    components, places = defaultdict(list), defaultdict(list)
    for component in Component.objects.filter(campaign__in=campaigns).prefetch_related(common):
        components[component.campaign_id].append(component)
    for place in CampaignPlace.objects.filter(campaign__in=campaigns).select_related("organization"):
        places[place.campaign_id].append(place)
    for dossier in by_pk.values():
        parts = components[dossier.campaign_id]
        dossier.__dict__["checklist"] = [CheckItem(part, dossier._papers_of(part)) for part in parts]
        dossier.__dict__["places"] = places[dossier.campaign_id]


def _stands(by_pk: dict[int, Dossier]) -> None:
    """The holds not lifted of each."""
    holds = defaultdict(list)
    held = [pk for pk, one in by_pk.items() if one.held_since]
    for hold in Hold.objects.filter(dossier__in=held, lifted_at=None).select_related("nomination"):
        holds[hold.dossier_id].append(hold)
    for pk, dossier in by_pk.items():
        dossier.__dict__["open_holds"] = holds[pk]


def _waits(by_pk: dict[int, Dossier], act: str, campaigns: dict[int, Any]) -> None:
    """No minimum wait where the campaign has none for these awards; a dossier that may have to wait asks itself."""
    codes = defaultdict(set)
    for dossier in by_pk.values():
        codes[dossier.campaign_id] |= {name.award.code for name in dossier.still_in}
    for pk, campaign in campaigns.items():
        if not waits_for_act(campaign, act, awards=codes[pk], day=today()):
            for dossier in by_pk.values():
                if dossier.campaign_id == pk:
                    dossier.__dict__.setdefault("waits", {})[act] = []
