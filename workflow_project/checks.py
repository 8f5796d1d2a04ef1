"""What must be true of the machine and its settings before the house opens."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.module_loading import import_string

OWN_NAMES = {"127.0.0.1", "localhost", "[::1]", "testserver"}


@register(Tags.files)
def var_is_writable(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Papers, and in a trial the database, are kept in VAR_DIR: it has to be there and to be ours to write in."""
    if settings.TRIAL:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    if settings.VAR_DIR.is_dir() and os.access(settings.VAR_DIR, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Thư mục {settings.VAR_DIR} không có hoặc không ghi được.",
            hint="Tạo thư mục này cho người dùng chạy phần mềm, hoặc đặt VAR_DIR trỏ tới thư mục khác.",
            id="workflow_project.E001",
        )
    ]


@register()
def scheduled_tasks_exist(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every line of the schedule names a task that some floor has: a misspelt one would be silent until a deadline."""
    found: list[CheckMessage] = []
    for name, line in settings.CELERY_BEAT_SCHEDULE.items():
        try:
            import_string(line["task"])
        except ImportError:
            message = f"CELERY_BEAT_SCHEDULE: không có {line['task']} ({name})."
            found.append(Warning(message, id="workflow_project.W002"))
    return found


@register(Tags.security, deploy=True)
def trial_stays_at_home(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A demo lets anyone sign in as anyone, so it must not answer to the name of a real server."""
    strangers = [host for host in settings.ALLOWED_HOSTS if host not in OWN_NAMES]
    if not (settings.TRIAL and strangers):
        return []
    return [
        Warning(
            f"DEMO hoặc DEBUG đang bật trong khi ALLOWED_HOSTS có {', '.join(strangers)}.",
            hint="Bản trình diễn cho phép đăng nhập thay bất kỳ ai: tắt DEMO và DEBUG trên máy chủ thật.",
            id="workflow_project.W001",
        )
    ]
