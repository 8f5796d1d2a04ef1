"""The roof as an app, so that its checks are run with the others."""

from django.apps import AppConfig


class WorkflowProjectConfig(AppConfig):
    """Registers the checks of the house as a whole."""

    name = "workflow_project"

    def ready(self) -> None:
        """Load the checks."""
        from workflow_project import checks  # noqa: F401, PLC0415 -- the registry is ready only now
