from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"

    def ready(self):
        from . import checks  # noqa: F401, PLC0415  registers the system check
