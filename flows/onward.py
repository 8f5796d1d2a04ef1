"""One piece of work after the other: what comes next in the order and by the filters a person came from."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from organizations.models import Person

from .desk_filters import Sight
from .desk_wish import MINE, POOL, Tab, Wish
from .due_order import Counted
from .keyset import cursor, place
from .models import StepRow

MOST_COUNTED = 999


def onward_url(came: str, step: StepRow) -> str:
    """The address that leads to the work after this step.

    came    the view of the desk the person came from, as a query string
    """
    return f"{reverse('flows:onward')}?{urlencode({'tu': came, 'sau': cursor(step.due_at, step.pk)})}"


def dossier_url(code: str, came: str) -> str:
    """A dossier's page at the place where it is worked on, which remembers the view of the desk."""
    query = f"?{urlencode({'tu': came})}" if came else ""
    return reverse("flows:dossier", args=[code]) + query + "#lam"


def next_step(person: Person, wish: Wish, after: str) -> tuple[StepRow, Tab] | None:
    """The next step of the tab the person came from, or else of the other: after this place, then from the start."""
    for tab in (POOL, MINE) if wish.tab is POOL else (MINE, POOL):
        rows = Sight(person, wish.but(tab=tab)).rows().select_related("process__dossier")
        start = place(after)
        found = (rows.after(*start).first() if start else None) or rows.first()
        if found:
            return found, tab
    return None


def left_over(person: Person, wish: Wish) -> int:
    """How many steps the filters still leave on one's desk and in the pool together, capped."""
    sight = Sight(person, wish.but())
    rows = [sight.rows(tab=tab).order_by().values("pk")[: MOST_COUNTED + 1] for tab in (MINE, POOL)]
    counts: Any = Person.objects.filter(pk=person.pk).values_list(*map(Counted, rows)).get()
    return min(sum(counts), MOST_COUNTED)
