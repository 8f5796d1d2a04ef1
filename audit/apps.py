from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self):
        from . import checks  # noqa: F401, PLC0415  registers the system check
