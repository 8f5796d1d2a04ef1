"""System checks of the ledger and the clock."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from .models import Clock


@register(Tags.database)
def the_clock_is_true(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Outside the demo the house clock has no offset (audit.E001)."""
    if settings.DEMO or not databases:
        return []
    if Clock._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if Clock.objects.exists():
        return [
            Error("Đồng hồ đã bị dời (dữ liệu của bản dùng thử).", hint="DELETE FROM audit_clock;", id="audit.E001")
        ]
    return []
