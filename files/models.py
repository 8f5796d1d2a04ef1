"""The register of stored files: one row per content, whoever brought it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a file is, by its content."""

    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Văn bản Word")
    XLSX = "xlsx", _("Bảng tính Excel")
    JPG = "jpg", _("Ảnh JPG")
    PNG = "png", _("Ảnh PNG")


class Scan(models.TextChoices):
    """What the virus scanner said."""

    UNSCANNED = "UNSCANNED", _("chưa quét")
    WAITING = "WAITING", _("đang chờ quét")
    CLEAN = "CLEAN", _("không có mã độc")
    INFECTED = "INFECTED", _("có mã độc")


OPEN_TO_OTHERS = (Scan.UNSCANNED, Scan.CLEAN)


def kinds() -> list[tuple[str, Any]]:
    """The kinds with their labels; a function, so that a new wording is not a migration."""
    return Kind.choices


def scans() -> list[tuple[str, Any]]:
    """The scanner's answers with their labels; a function, so that a new wording is not a migration."""
    return Scan.choices


class Blob(models.Model):
    """One content in the store, found by its digest.  Never changed but for the scanner's answer.

    sha256        64 hexadecimal digits, lower case
    size          bytes
    pages         pages of a PDF or a picture; empty for Word and Excel, whose pages are not known before printing
    received_at   real time of the first arrival
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=4, choices=kinds)
    scan = models.CharField(max_length=9, choices=scans, default=Scan.UNSCANNED)
    pages = models.PositiveIntegerField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="blob_is_not_empty"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="blob_kind_is_known"),
            models.CheckConstraint(condition=models.Q(scan__in=Scan.values), name="blob_scan_is_known"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="blob_to_scan", condition=models.Q(scan__in=[Scan.UNSCANNED, Scan.WAITING])
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"

    @property
    def open_to_others(self) -> bool:
        """Whether people other than the uploader may open it: never while the scanner owes an answer."""
        return self.scan in OPEN_TO_OTHERS

    @property
    def open_to_uploader(self) -> bool:
        """Whether even the one who brought it may open it: not when malware was found."""
        return self.scan != Scan.INFECTED
