"""Questions about who is who: bodies, people, the offices they hold."""

from datetime import date
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least

from audit.clock import today

from .names import fold

SYSTEM_EMAIL = "he-thong@he-thong.invalid"
MOST_HOPS = 2  # who stands in for somebody may have a stand-in; nobody has one beyond that


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

    def below(self, pk: int) -> "OrganizationQuerySet":
        """The same for a body known by its id alone."""
        part = f"{pk:06d}/"  # as `acts.add_organization` writes it
        return self.filter(Q(path__startswith=part) | Q(path__contains=f"/{part}"))

    def under(self, organizations: Any) -> "OrganizationQuerySet":
        """These bodies and everything below them in the tree; none below none."""
        within = Q(pk__in=[])
        for organization in organizations:
            within |= Q(path__startswith=organization.path)
        return self.filter(within)


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

    def exercised_by(self, person: Any) -> "AppointmentQuerySet":
        """Of these, the ones whose work this person does today: their own, and those they stand in for.

        person    a person, their id, or an OuterRef to either
        """
        direct = self._stood_in_for().filter(substitute=_deeper(person))
        return self.filter(Q(person=person) | Exists(direct) | Exists(self._between(person)))

    def told_through(self, person: Any) -> "AppointmentQuerySet":
        """Of those `exercised_by` this person: `through` whom, if anybody stands between, and `lent_until` which day.

        One's own come first.
        """
        own = Case(When(person=person, then=Value(0)), default=Value(1))
        between = self._between(person)
        direct = self._stood_in_for().filter(substitute=person)
        until = Coalesce(Subquery(direct.values("valid_until")[:1]), Subquery(between.values("least_until")[:1]))
        return self.annotate(through=Subquery(between.values("substitute")[:1]), lent_until=until).order_by(
            own, *self.model._meta.ordering
        )

    def _between(self, person: Any) -> Any:
        """Who stands in for the holder and has this person as their own stand-in: the second and last hop."""
        onward = self._substitutions().filter(
            principal=OuterRef("substitute"), office=OuterRef("office"), organization=OuterRef("organization"),
            substitute=_deeper(_deeper(person)),
        )  # fmt: skip
        until = Least(F("valid_until"), Subquery(onward.values("valid_until")[:1]))
        return self._stood_in_for().filter(Exists(onward)).annotate(least_until=until)

    def _stood_in_for(self) -> Any:
        """Who stands in today for the holder of the appointment around this question."""
        return self._substitutions().filter(
            principal=OuterRef("person"), office=OuterRef("office"), organization=OuterRef("organization")
        )

    def _substitutions(self) -> "SubstitutionQuerySet":
        people = self.model._meta.get_field("person").related_model
        return people.substitutions.rel.related_model.objects.today()


def _deeper(who: Any) -> Any:
    """The same person seen from one query further inside."""
    return OuterRef(who) if isinstance(who, OuterRef) else who


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
        """In the order of names, with today's appointments in `held_today`."""
        appointed = self.model.appointments.rel.related_model.objects.today().select_related("organization")
        held = Prefetch("appointments", appointed, to_attr="held_today")
        return self.order_by("sort_key", "id").prefetch_related(held)

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

    def reached(self, office: str, organization: Any) -> "PersonQuerySet":
        """Holders of `office` in `organization` today and who stands in for them; `appointed`: a holder."""
        appointed = self.model.appointments.rel.related_model.objects.today()
        return self.exercising(appointed.filter(office=office, organization=organization))

    def exercising(self, held: AppointmentQuerySet) -> "PersonQuerySet":
        """Everyone who does the work of these appointments today; `appointed`: by one of their own."""
        standing = self.model.substitutions.rel.related_model.objects.today().order_by()
        same = {"office": OuterRef("office"), "organization": OuterRef("organization")}
        first = standing.filter(Exists(held.filter(person=OuterRef("principal"), **same)))
        second = standing.filter(Exists(first.filter(substitute=OuterRef("principal"), **same)))
        who = held.order_by().values("person").union(first.values("substitute"), second.values("substitute"))
        return self.filter(pk__in=who).annotate(appointed=Exists(held.filter(person=OuterRef("pk"))))


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

    def in_force(self) -> "CalendarDayQuerySet":
        """Days that count now."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at=None)

    def waiting(self) -> "CalendarDayQuerySet":
        """Days that nobody has confirmed yet."""
        return self.filter(confirmed_at=None, withdrawn_at=None)

    def applying_to(self, path: str) -> "CalendarDayQuerySet":
        """Days entered for everyone, for the body at this path, or for one above it."""
        above = [path[:end] for end in range(1, len(path) + 1) if path[end - 1] == "/"]
        return self.filter(Q(organization=None) | Q(organization__path__in=above))


class SubstitutionQuerySet(models.QuerySet):
    """Who stands in for whom."""

    def on(self, day: date) -> "SubstitutionQuerySet":
        """Substitutions that cover `day`, were not revoked, and whose substitute may sign in."""
        return self.filter(valid_from__lte=day, valid_until__gte=day, revoked_at=None, substitute__is_active=True)

    def today(self) -> "SubstitutionQuerySet":
        """Substitutions in force today by the house clock."""
        return self.on(today())
