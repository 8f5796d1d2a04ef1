"""Questions about who is who: bodies, people, the offices they hold."""

from datetime import date
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Count, Prefetch, Q

from audit.clock import today

from .names import fold

SYSTEM_EMAIL = "he-thong@he-thong.invalid"


def valid_on(day: date) -> Q:
    """Rows whose validity covers `day`; both ends count."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


class OrganizationQuerySet(models.QuerySet):
    """Bodies: authorities, divisions, communes, councils."""

    def valid_on(self, day: date) -> "OrganizationQuerySet":
        """Bodies that exist on `day`."""
        return self.filter(valid_on(day))

    def listed(self, day: date, words: str = "", *, ended: bool = False) -> list:
        """Bodies in tree order whose name or code has every word, accents ignored; `people`: appointments that day.

        ended     with those that exist no longer, or not yet
        """
        rows = self if ended else self.valid_on(day)
        covers = Q(appointments__person__is_active=True, appointments__valid_from__lte=day) & (
            Q(appointments__valid_until__isnull=True) | Q(appointments__valid_until__gte=day)
        )
        rows = rows.order_by("path").annotate(people=Count("appointments", filter=covers))
        wanted = fold(words).split()
        return [row for row in rows if all(word in fold(f"{row.name} {row.short_name} {row.code}") for word in wanted)]

    def within(self, organization: Any) -> "OrganizationQuerySet":
        """A body and everything below it in the tree."""
        return self.filter(path__startswith=organization.path)


class AppointmentQuerySet(models.QuerySet):
    """Offices held from a date to a date."""

    def on(self, day: date) -> "AppointmentQuerySet":
        """Appointments that cover `day`, of people who may sign in, in bodies that exist on that day."""
        body = Q(organization__valid_from__lte=day) & (
            Q(organization__valid_until__isnull=True) | Q(organization__valid_until__gte=day)
        )
        return self.filter(valid_on(day) & body, person__is_active=True)

    def today(self) -> "AppointmentQuerySet":
        """Appointments in force today by the house clock."""
        return self.on(today())


class PersonQuerySet(models.QuerySet):
    """People who sign in here, and the one that is the system."""

    def active(self) -> "PersonQuerySet":
        """People who may sign in."""
        return self.filter(is_active=True)

    def search(self, words: str) -> "PersonQuerySet":
        """People whose name or address has every word, accents ignored."""
        found = self
        for word in fold(words).split():
            found = found.filter(Q(search_key__contains=word) | Q(email__contains=word))
        return found

    def people(self) -> "PersonQuerySet":
        """Everyone but the system's own person."""
        return self.exclude(email=SYSTEM_EMAIL)

    def listed(self) -> "PersonQuerySet":
        """In the order of names, with today's appointments in `held`."""
        appointed = self.model.appointments.rel.related_model.objects.today().select_related("organization")
        return self.order_by("sort_key", "id").prefetch_related(Prefetch("appointments", appointed, to_attr="held"))

    def after(self, pk: int | None) -> "PersonQuerySet":
        """Those who come after this person in the order of names; everyone when there is no such person."""
        last = self.model.objects.filter(pk=pk).values("sort_key", "pk").first()
        if last is None:
            return self
        return self.filter(Q(sort_key__gt=last["sort_key"]) | Q(sort_key=last["sort_key"], pk__gt=last["pk"]))

    def holders(self, office: str, organization: Any) -> "PersonQuerySet":
        """Everyone who holds `office` in `organization` today."""
        appointed = self.model.appointments.rel.related_model.objects.today()
        return self.filter(pk__in=appointed.filter(office=office, organization=organization).values("person_id"))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    """Makes people; there is no way to make a superuser, because there is none."""

    def get_by_natural_key(self, email: str | None) -> Any:
        """Sign-in ignores the case of the address."""
        return self.get(email__iexact=email)

    def system(self) -> Any:
        """The person `he-thong` in whose name the system itself acts; it cannot sign in."""
        person, _ = self.get_or_create(
            email=SYSTEM_EMAIL, defaults={"full_name": "Hệ thống", "is_active": False, "password": "!"}
        )
        return person


class CalendarDayQuerySet(models.QuerySet):
    """Days entered above the package."""

    def counting(self, version: int) -> "CalendarDayQuerySet":
        """Days that counted in this version of the calendar."""
        still = Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=version)
        return self.filter(still, confirmed_in__lte=version)


class SubstitutionQuerySet(models.QuerySet):
    """Who stands in for whom."""

    def on(self, day: date) -> "SubstitutionQuerySet":
        """Substitutions that cover `day` and were not revoked."""
        return self.filter(valid_on(day), revoked_at=None)

    def today(self) -> "SubstitutionQuerySet":
        """Substitutions in force today by the house clock."""
        return self.on(today())
