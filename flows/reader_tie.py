"""What ties a reviewer to the dossier they read, and what they may say about it."""

from dataclasses import dataclass

from dossiers.free_hand import tie_sentence
from dossiers.recusals import reviews, same_names
from dossiers.states import FINAL
from dossiers.ties import NOMINEE
from organizations.models import Person

from .models import StepRow


@dataclass(frozen=True, slots=True)
class ReaderTie:
    """One reader and the step they read, as `told_to` gives it; the unit and the inspector have nothing to say here."""

    person: Person
    row: StepRow

    @property
    def reviews(self) -> bool:
        """Whether they read the dossier as one who may have to judge it, and it is under way."""
        dossier = self.row.process.dossier
        return dossier.state not in FINAL and reviews(self.person, dossier) is not None

    @property
    def kept_away(self) -> str:
        """Why they may not act here; empty when they may."""
        return tie_sentence(self.row.tie) if self.reviews else ""

    @property
    def may_declare(self) -> bool:
        """Whether they may say that they take no part."""
        return self.reviews and self.row.tie in ("", NOMINEE)

    @property
    def may_withdraw(self) -> bool:
        """Whether they have said so and may take it back."""
        return self.reviews and self.row.tie not in ("", NOMINEE)

    @property
    def acting_for(self) -> str:
        """In whose place they would do the open step; empty in their own name, and when it is not theirs to do."""
        row = self.row
        held = self.person.held(row.office, row.organization_id, of=row.owner_id) if row.is_open else None
        return held.principal.full_name if held and held.principal and not row.kept_away else ""

    @property
    def same_names(self) -> list[str]:
        """Nominees who bear their name and are not known to be them; who they are is for the reader to say."""
        return same_names(self.person, self.row.process.dossier) if self.reviews and not self.row.tie else []
