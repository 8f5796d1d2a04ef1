"""The papers of a dossier: who may bring them when, and their versions, all of which are kept.

Each change is one transaction under the dossier's lock, one entry, one more version, as in `edits`.
"""

from typing import Any

from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Kind
from campaigns.models import Component
from files.models import Blob
from organizations.authority import acting
from organizations.models import Office, Place

from .edits import changing
from .errors import Gone, Unfit
from .free_hand import require_no_tie
from .models import Document, DocumentVersion, Dossier
from .states import EDITABLE, RETURNED, State

MOST_BYTES = 200 * 1024 * 1024  # all kept versions of a dossier together

PROVIDES = {
    Place.UNIT: (Office.AUTHOR, EDITABLE),
    Place.FINANCE_BODY: (Office.FINANCE, (State.PROPOSING,)),
    Place.STANDING_BODY: (Office.HOME_AFFAIRS, (State.REVIEWING,)),
}


def may_provide(dossier: Dossier, component: Component, person: Any) -> bool:
    """True when this person may add papers for this component now."""
    office, _states = PROVIDES.get(component.provider, (None, ()))
    return _is_asked(dossier, component) and person.holds(office, dossier.body_at(component.provider))


def _is_asked(dossier: Dossier, component: Component) -> bool:
    """Whether papers for this component may come in now, from whoever provides them."""
    _office, states = PROVIDES.get(component.provider, (None, ()))
    if component.holder != Component.Holder.DOSSIER or dossier.state not in states:
        return False
    return dossier.state not in RETURNED or component.code in dossier.papers_asked.split()


def require_provider(dossier: Dossier, component: Component, by: Actor) -> Actor:
    """Whoever provides this component, in that office.

    Raises    Gone when its papers cannot come in now, PermissionDenied when it is another's, Recused
    """
    if not _is_asked(dossier, component):
        raise Gone(_("Lúc này không nộp được giấy tờ cho thành phần này."))
    office, place = PROVIDES[component.provider][0], dossier.body_at(component.provider)
    actor = acting(by, office, place)
    if component.provider != Place.UNIT:
        require_no_tie(dossier, by.person)
    return actor


def add_paper(dossier: Dossier, component: Component, blob: Blob, name: str, *, by: Actor,
              replaces: int | None = None, version: int | None = None) -> DocumentVersion:  # fmt: skip
    """Add a file to the checklist, as a new document or as the next version of one; versions are kept.

    Raises    Unfit when all kept versions together would be over 200 MB
    """
    with changing(dossier, version=version, person=by.person) as locked:
        actor = require_provider(locked, component, by)
        kept = DocumentVersion.objects.filter(document__dossier=locked).values_list("blob__size", flat=True)
        if sum(kept) + blob.size > MOST_BYTES:
            raise Unfit(_("Các tệp của hồ sơ (kể cả bản cũ) sẽ quá 200 MB. Hãy nén hoặc bỏ bớt trang quét."))
        document = _document(locked, component, replaces)
        number = document.versions.count() + 1
        added = DocumentVersion.objects.create(
            document=document, number=number, blob=blob, name=name, by=by.person, at=now()
        )
        act = "add_paper" if number == 1 else "replace_paper"
        record(locked, act, by=actor, kind=Kind.EDIT,
               after={"component": component.code, "name": name, "sha256": blob.sha256, "size": blob.size,
                      "number": number})  # fmt: skip
        return added


def _document(dossier: Dossier, component: Component, replaces: int | None) -> Document:
    if replaces is None:
        return Document.objects.create(dossier=dossier, component=component)
    found = next((d for d in dossier.papers if d.pk == replaces and d.component_id == component.pk), None)
    if found is None:
        raise Gone(_("Tệp cần thay không còn trong hồ sơ."))
    return found


def remove_paper(dossier: Dossier, pk: int, *, by: Actor, version: int | None = None) -> None:
    """Take a document off the checklist; its versions stay in the store and in the ledger."""
    with changing(dossier, version=version, person=by.person) as locked:
        document = next((d for d in locked.papers if d.pk == pk), None)
        if document is None:
            raise Gone(_("Tệp này không còn trong hồ sơ."))
        actor = require_provider(locked, document.component, by)
        document.removed_at = now()
        document.save(update_fields=["removed_at"])
        latest = document.latest
        before = {"name": latest.name, "sha256": latest.blob.sha256}
        record(locked, "remove_paper", by=actor, kind=Kind.EDIT, before=before)
