"""The Celery application: it wakes workers up; what is owed and due stays in the database."""

import logging
import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflow_project.settings")

log = logging.getLogger(__name__)


class WakeUp(DjangoTask):
    """A task that may be sent into the void: the rows it would look at are there, and a sweeper finds them."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send it, or log that the queue does not answer; an act that is committed must not end in an error."""
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError:
            log.warning("the queue does not answer; %s is left to the sweepers", self.name)
            return None


app = Celery("workflow_project", task_cls=WakeUp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
