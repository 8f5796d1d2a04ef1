#!/usr/bin/env python
"""The house's own commands: migrations, checks, the first administrator, charts."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflow_project.settings")
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured as missing:
        sys.exit(str(missing))  # one sentence that says what to set, instead of a page of frames
    execute_from_command_line(sys.argv)
