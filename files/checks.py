"""System check of the scanner's address."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from .scan import address


@register()
def the_scanner_has_an_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """CLAMD_URL is empty or can be read (files.E001)."""
    try:
        address()
    except ImproperlyConfigured as problem:
        return [Error(str(problem), hint="CLAMD_URL=tcp://127.0.0.1:3310", id="files.E001")]
    return []
