"""Questions to the ledger."""

from typing import Any

from django.db import models


class EntryQuerySet(models.QuerySet):
    """Entries may be read in many ways and changed in none."""

    def update(self, **kwargs: Any) -> int:
        """Refused: the ledger is append-only (the database refuses it too)."""
        raise PermissionError("the ledger is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: the ledger is append-only (the database refuses it too)."""
        raise PermissionError("the ledger is append-only")

    def about(self, subject: Any) -> "EntryQuerySet":
        """Entries whose subject is this row, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("at", "id")

    def moving(self) -> "EntryQuerySet":
        """Acts and edits: what changed a subject, without what was merely seen."""
        return self.exclude(kind="WITNESS")

    def acts(self) -> "EntryQuerySet":
        """Acts only."""
        return self.filter(kind="ACT")
