"""The page for a form that came too late: who did what meanwhile, and what was typed, so that nothing is lost."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.models import Entry

from .models import Dossier
from .words import BETWEEN_DESKS, past

MOST_TOLD = 8  # entries; a form that is older than that is told of the latest
TOLD_UNASKED = 2  # when the form does not say which version it was made from


def conflict_page(
    request: HttpRequest, dossier: Dossier, since_version: int | None, typed: Mapping[str, str], headline: str = ""
) -> HttpResponse:
    """Answer 409 with the entries after the form's version and the typed text to copy from.

    since_version    what the form carried; None when it carried none
    typed            {label as on the screen: text}; empty ones are left out
    headline         what happened, in one sentence
    """
    context = {
        "headline": headline, "entries": entries_since(dossier, since_version), "back_url": dossier.get_absolute_url(),
        "kept": {label: text for label, text in typed.items() if text.strip()},
    }  # fmt: skip
    return render(request, "409.html", context, status=409)


def entries_since(dossier: Dossier, version: int | None) -> list[dict]:
    """What was done to the dossier after this version, newest first: who, what, when, why."""
    chain = Entry.objects.filter(chain_type=dossier._meta.label_lower, chain_id=dossier.pk).order_by("-position")
    found = chain[:TOLD_UNASKED] if version is None else chain.filter(position__gt=version)[:MOST_TOLD]
    return [
        {
            "who": " · ".join(filter(None, (entry.who, entry.organization_name))),
            "what": past(entry.act),
            "when": entry.at,
            "why": "" if entry.act in BETWEEN_DESKS else entry.reason,
        }
        for entry in found
    ]
