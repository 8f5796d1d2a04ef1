"""What an author's form does in one transaction: the edit, and forgetting what was typed for it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.ledger import Actor
from campaigns.models import Component
from files.acts import take_in
from files.guard import Refused as FileRefused
from files.models import Blob
from files.names import clean_name

from . import edits, list_draft, papers
from .draft_forms import LABELS
from .errors import Gone, Unfit
from .models import Dossier, Nomination, Scratch

SCRATCH_FORM = re.compile(r"draft|paste|nominee-new|nominee-[0-9]{1,18}")
FIELDS = {*LABELS, "kind"}  # what is kept of a form while it is typed
MOST_KEPT = 2_000_000  # characters of one form
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class TooMuch(Exception):
    """More was typed than is kept while typing."""


def read_again(dossier: Dossier) -> Dossier:
    """The dossier as it is after a save."""
    return Dossier.objects.select_related("campaign", "unit", "decision").get(pk=dossier.pk)


def typed_so_far(dossier: Dossier, form: str, person: Any) -> Scratch | None:
    """What this person typed in a form and has not saved."""
    return Scratch.objects.filter(dossier=dossier, person=person, form=form).first()


def keep_typed(dossier: Dossier, posted: Mapping[str, str], *, by: Actor) -> None:
    """Keep the fields of a form being typed; no entry, no new version.

    Raises    TooMuch; Gone when there is no such form; what an edit raises
    """
    form = posted.get("form", "")
    if not SCRATCH_FORM.fullmatch(form) or not _exists(dossier, form):
        raise Gone(_("Biểu mẫu này không còn nữa."))
    text = {name: _UNSTORABLE.sub("", posted[name]) for name in FIELDS if name in posted}
    if sum(map(len, text.values())) > MOST_KEPT:
        raise TooMuch
    edits.keep_scratch(dossier, form, text, by=by)


def _exists(dossier: Dossier, form: str) -> bool:
    number = form.rpartition("-")[2]
    return not number.isdecimal() or dossier.nominations.filter(pk=int(number)).exists()


@transaction.atomic
def add_one(dossier: Dossier, values: dict, *, by: Actor, version: int, line: int | None = None) -> None:
    """Add one name; `line` is the line of a waiting list that it corrects."""
    edits.add_nominations(dossier, [values], by=by, version=version)
    edits.drop_scratch(dossier, "nominee-new", by=by)
    if line is not None:
        list_draft.without(dossier, line, by=by)


@transaction.atomic
def change_one(dossier: Dossier, nomination: Nomination, values: dict, *, by: Actor, version: int) -> None:
    """Change one name."""
    edits.change_nomination(dossier, nomination.pk, values, by=by, version=version)
    edits.drop_scratch(dossier, f"nominee-{nomination.pk}", by=by)


@transaction.atomic
def remove_one(dossier: Dossier, nomination: Nomination, *, by: Actor, version: int) -> None:
    """Take one name off the list."""
    edits.remove_nomination(dossier, nomination.pk, by=by, version=version)
    edits.drop_scratch(dossier, f"nominee-{nomination.pk}", by=by)


def take_paper(
    dossier: Dossier, component: Component, uploaded: Any, *, by: Actor, version: int, replaces: int | None = None
) -> None:
    """Look a file through and add it to the checklist; whether it may come in at all is asked before it is looked at.

    Raises    FileRefused, Unfit with the sentence for the person; what an edit raises
    """
    papers.require_provider(dossier, component, by)
    name, blob = clean_name(uploaded.name), take_in(uploaded)
    papers.add_paper(dossier, component, blob, name, by=by, version=version, replaces=replaces)


def save_draft(
    dossier: Dossier, letter: str | None, brought: Iterable[tuple[Component, Any]], *, by: Actor, version: int
) -> dict[str, str]:
    """Save the letter and every file that is fit; what is refused stops nothing else.

    letter    None when it could not be read
    Returns   {component code: why its file was refused}
    """
    refused: dict[str, str] = {}
    fit: list[tuple[Component, Blob, str]] = []
    for component, uploaded in brought:  # before any lock is held: looking through takes seconds
        papers.require_provider(dossier, component, by)
        try:
            fit.append((component, take_in(uploaded), clean_name(uploaded.name)))
        except FileRefused as refusal:
            refused[component.code] = str(refusal)
    with edits.changing(dossier, version=version):
        if letter is not None:
            edits.save_letter(dossier, letter, by=by)
            edits.drop_scratch(dossier, "draft", by=by)
        for component, blob, name in fit:
            try:
                papers.add_paper(dossier, component, blob, name, by=by)
            except Unfit as refusal:
                refused[component.code] = " ".join(refusal.sentences)
    return refused
