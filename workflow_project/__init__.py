"""The roof: settings, addresses, celery and the processes that serve them. Nothing of the law lives here."""

from workflow_project.celery import app as celery_app

__all__ = ["celery_app"]
