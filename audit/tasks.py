"""Keeping the ledger's partitions ahead; may run twice, and be lost without loss."""

from io import StringIO

from celery import shared_task
from django.core.management import call_command


@shared_task
def keep_partitions() -> None:
    """Make the partitions of the coming two years (PostgreSQL)."""
    call_command("partitions", stdout=StringIO())
