from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "flows"

    def ready(self):
        from . import checks  # noqa: F401, PLC0415  registers the system checks
