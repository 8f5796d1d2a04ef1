"""The desk's order in SQL: by deadline or by what was done last, in pages by key, each read off its index."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F, Field, Func, IntegerField, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DUE = Coalesce("due_at", Value(NEVER))  # a step without a deadline comes after all that have one
DUE_FIRST = (DUE.asc(), F("id").asc())
RUNNING = Q(process__dossier__held_since__isnull=True)  # steps whose clock stands are not late
LATEST_FIRST = (F("finished").desc(), F("id").desc())


class Counted(Subquery):
    """How many rows a query has; a slice of it is counted no further."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


class _Key(Func):
    """Columns compared together, the way an index keeps them."""

    function = ""
    output_field = Field()


def beyond(moment: Any, at: datetime, pk: int) -> Q:
    """Rows whose moment and number are greater than these."""
    return Q(GreaterThan(_Key(moment, F("id")), _place(at, pk)))


def short_of(moment: Any, at: datetime, pk: int) -> Q:
    """Rows whose moment and number are less than these."""
    return Q(LessThan(_Key(moment, F("id")), _place(at, pk)))


def _place(at: datetime, pk: int) -> _Key:
    return _Key(_moment(at), Value(pk))


BOUNDS: Mapping[str, Callable] = {"lt": LessThan, "lte": LessThanOrEqual, "gte": GreaterThanOrEqual}


def due(**bounds: datetime) -> Q:
    """Steps whose deadline lies so: `lt`, `lte`, `gte` a moment; asked of what the indexes hold.

    No bound    steps without a deadline
    """
    if not bounds:
        return Q(Exact(DUE, _moment(NEVER)))
    found = Q()
    for name, at in bounds.items():
        found &= Q(BOUNDS[name](DUE, _moment(at)))
    return found


def _moment(at: datetime) -> Value:
    return Value(at, output_field=DateTimeField())


class Lanes:
    """Part of a query of steps that knows how it falls apart: rows of each lane come in order off one index.

    A person with several offices has several lanes; together the database would sort all of them for one page.
    """

    _lanes: tuple[Q, ...] = ()

    def _chain(self, **kwargs: Any) -> Any:
        chained = super()._chain(**kwargs)  # type: ignore[misc]
        chained._lanes = self._lanes
        return chained

    def in_lanes(self, *lanes: Q) -> Any:
        """The same rows; each of them lies in one of these lanes."""
        chained = self._chain()
        chained._lanes = lanes
        return chained

    def page(self: Any, count: int) -> Any:
        """The first so many rows in their order, found first, so that what a row shows is asked of these alone."""
        found = self.model._default_manager.filter(pk__in=self.first_keys(count)).order_by(*self.query.order_by)
        return found if self.query.standard_ordering else found.reverse()

    def first_keys(self: Any, count: int) -> Any:
        """The keys of the first so many; of each lane so many, when there are several and the database can do it.

        In their order even where they are only counted: without it the database reads whole tables to find a few.
        """
        if len(self._lanes) < 2 or not connection.features.supports_slicing_ordering_in_compound:
            return self.values("pk")[:count]
        first, *others = [self.filter(lane).values("pk")[:count] for lane in self._lanes]
        return first.union(*others, all=True)
