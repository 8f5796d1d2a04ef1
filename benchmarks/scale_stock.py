"""viewflow's own inbox and queue over the same steps: its tables filled from ours, its pages as they come."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from viewflow.workflow.fields import get_flow_ref, get_task_ref
from viewflow.workflow.models import Process, Task

from flows.models import StepRow
from organizations.models import Person

from .scale_copy import bare
from .stock import AwardFlow

PAGES = {"mine": "/stock/workflow/inbox/", "pool": "/stock/workflow/queue/"}
SETTINGS = {
    "MIDDLEWARE": [*settings.MIDDLEWARE, "viewflow.middleware.SiteMiddleware"],
    "ROOT_URLCONF": "benchmarks.scale_urls",
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


def fill() -> None:
    """Each of our passages and steps as viewflow would keep it; an office of a body is a permission there."""
    task = get_task_ref(AwardFlow.prepare).removesuffix("prepare")
    ours, names = StepRow._meta.db_table, "split_part(flow_task, '.', 3)"
    with bare([Process._meta.db_table, Task._meta.db_table]), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Process._meta.db_table} (id, flow_class, status, created, finished, data)"
            " SELECT id, %s, status, created, finished, '{}' FROM flows_passage",
            [get_flow_ref(AwardFlow)],
        )
        cursor.execute(
            f"INSERT INTO {Task._meta.db_table} (id, process_id, flow_task, flow_task_type, status, created, assigned,"
            " started, finished, token, owner_id, owner_permission, data) SELECT id, process_id,"
            f" %s || CASE {names} WHEN 'supplement_proposal' THEN 'prepare' ELSE {names} END,"
            " 'HUMAN', status, created, assigned, started, finished, token, owner_id,"
            f" 'bench.' || office || '_' || organization_id, '{{}}' FROM {ours}",
            [task],
        )
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {Process._meta.db_table}")
        cursor.execute(f"VACUUM ANALYZE {Task._meta.db_table}")


def filled() -> bool:
    """Whether its tables hold anything."""
    return Task.objects.exists()


def admit_people() -> None:
    """What viewflow asks of a user and this house's people do not have: permissions, here one for each office."""

    def permissions(person: Any, obj: Any = None) -> set[str]:
        return {f"bench.{held.office}_{held.organization_id}" for held in person.offices_today()}

    Person.is_superuser = Person.is_staff = False
    Person.get_all_permissions = permissions
    Person.has_perm = Person.has_perms = Person.has_module_perms = lambda person, *asked, **named: True


class StockPages:
    """A person at viewflow's pages."""

    def __init__(self, client: Client) -> None:
        self.client = Client(headers={"host": "127.0.0.1"})  # its middleware is not ours
        self.client.cookies = client.cookies

    def get(self, page: str) -> Any:
        """One of its pages, with its own addresses beside ours."""
        with override_settings(**SETTINGS):
            answer = self.client.get(PAGES[page])
        if answer.status_code != 200:
            raise RuntimeError(f"{PAGES[page]}: {answer.status_code}")
        return answer
