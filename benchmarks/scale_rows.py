"""A million dossiers with their steps, names and the ledger of the open ones, streamed into an empty house."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.contrib.auth import get_user_model
from django.db import connection

from audit.clock import now, today
from audit.models import Entry
from dossiers.holding import Seen
from dossiers.models import Dossier, Nomination, Verdict
from dossiers.states import Judgement, State
from flows.models import Completion, Passage, StepRow
from notifications.models import Channel, Notification
from organizations.calendar import end_of_day
from organizations.models import Office
from organizations.names import fold, sort_key

from .scale_copy import bare, stream
from .scale_house import House, build
from .scale_story import DAY, ENDED, OFFICES, OPEN_AT, PLACES, ROUTE, STATE, Story

DOSSIERS, OPEN = 1_000_000, 60_000
NOTICES = 300  # of each person, a tenth of them unread
MIXER, WHOLE = 2654435761, 1 << 32
CLAIMED = 37  # of a hundred steps in an office's hands


class Rows:
    """All of it, the same each time for the same number of dossiers."""

    def __init__(self, dossiers: int) -> None:
        self.count = dossiers
        self.open = dossiers * OPEN // DOSSIERS
        self.house: House = build()
        self.units = self.house.units
        self.ended = [end for *end, share in ENDED for _ in range(share)]
        self.waiting = [node for node, share in OPEN_AT for _ in range(share)]
        self.refs = {node: f"flows/flows.CampaignAwardFlow.{node}" for node in (*ROUTE, "supplement_proposal")}
        self.since = datetime(2023, 1, 5, 2, tzinfo=UTC)
        self.span = (now() - self.since - 30 * DAY).total_seconds()

    def fill(self) -> None:
        """Stream everything, indexes afterwards."""
        models = (Dossier, Nomination, Verdict, Seen, Passage, StepRow, Completion, Notification)
        with bare([model._meta.db_table for model in models]):
            self._dossiers()
            self._names()
            self._seen()
            self._steps()
            self._entries()
            self._notices()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.check()

    def check(self) -> None:
        """What the guards that slept would have asked.  Raises AssertionError."""
        last = "SELECT target FROM audit_entry WHERE chain_type = 'dossiers.dossier' AND chain_id = d.id"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE d.state IS DISTINCT FROM"
                f" ({last} AND at >= d.moved_at ORDER BY position DESC LIMIT 1)), count(*)"
                " FROM flows_steprow s JOIN flows_passage p ON p.id = s.process_id"
                " JOIN dossiers_dossier d ON d.id = p.dossier_id WHERE s.finished IS NULL"
            )
            assert cursor.fetchone() == (0, self.open), "the open dossiers and the ledger disagree"

    def stories(self) -> Iterator[Story]:
        """Every dossier, the oldest first; the open ones lie among the newest quarter."""
        quarter = self.count - self.count // 4
        for pk in range(1, self.count + 1):
            chance = pk * MIXER % WHOLE
            unit, realm = self.units[chance % len(self.units)]
            campaign = realm.campaigns[(pk - 1) * len(realm.campaigns) // self.count]
            begun = self.since + timedelta(seconds=self.span * pk / self.count)
            late = pk - quarter
            hundred = chance // 64 % 100
            if late > 0 and late * self.open // (self.count // 4) != (late - 1) * self.open // (self.count // 4):
                node = self.waiting[hundred]
                done = ("prepare", "sign", "propose") if node not in ROUTE else ROUTE[: ROUTE.index(node)]
                yield Story(pk, chance, unit, realm, campaign, begun, done, node, STATE[node])
            else:
                steps, state = self.ended[hundred]
                yield Story(pk, chance, unit, realm, campaign, begun, ROUTE[:steps], "", state)

    def _dossiers(self) -> None:
        keys = {unit: f"xa mau {unit}" for unit, _realm in self.units}
        stream(
            Dossier,
            "id code campaign_id unit_id state opened_by_id opened_at moved_at reach chain_position changed_by_id"
            " search_key",
            ((s.pk, f"HS-{s.begun.year}-{s.pk:07}", s.campaign, s.unit, s.state, self.house.authors[s.unit], s.begun,
              s.moved, s.reach, len(s.done) + 1, self._doers(s)[-1], f"hs-{s.begun.year}-{s.pk:07} {keys[s.unit]}")
             for s in self.stories()),
            regime="R2025", chain_digest="0" * 64,
        )  # fmt: skip

    def _names(self) -> None:
        names = [f"Nguyễn Thị Mẫu {i}" for i in range(1000)]
        keyed = [(name, sort_key(name), fold(name)) for name in names]
        stream(
            Nomination, "id dossier_id position award_id full_name sort_key search_key",
            ((pk, s.pk, pk % 4 + 1, s.realm.awards[s.campaign], *keyed[(s.chance // 128 + pk) % 1000])
             for s in self.stories() for pk in s.names),
            kind="PERSON", birth_year=1980, sex="FEMALE", title="Công chức", achievement="Hoàn thành tốt.",
        )  # fmt: skip

        stream(
            Verdict, "nomination_id desk by_id at",
            ((pk, STATE[node], self._doers(s)[i + 1], s.moment(i + 1))
             for s in self.stories() if s.open_at
             for i, node in enumerate(s.done) if node in ("propose", "review") for pk in s.names),
            judgement=Judgement.PASS,
        )  # fmt: skip

    def _doers(self, s: Story) -> list[int]:
        """Who wrote the lines of its ledger: its author, then whoever did each step."""
        return [self.house.authors[s.unit], *(s.one_of(self._desk(s, node)[2]) for node in s.done)]

    def _seen(self) -> None:
        """Who had a hand in an open dossier saw the version they left; who has it now mostly the newest."""
        at = now() - DAY
        stream(
            Seen, "person_id dossier_id version",
            ((pk, s.pk, version)
             for s in self.stories() if s.open_at
             for pk, version in {pk: i + 1 for i, pk in enumerate([*self._doers(s), *self._holder(s)])}.items()),
            at=at,
        )  # fmt: skip

    def _holder(self, s: Story) -> list[int]:
        """Who has its open step, if anybody."""
        people = self._desk(s, s.open_at)[2]
        return [s.one_of(people)] if len(people) == 1 or s.chance // 4096 % 100 < CLAIMED else []

    def _steps(self) -> None:
        stream(
            Passage, "id dossier_id created finished status",
            ((s.pk, s.pk, s.begun, None if s.open_at else s.moved, "NEW" if s.open_at else "DONE")
             for s in self.stories()),
            flow_class="flows/flows.CampaignAwardFlow",
        )  # fmt: skip
        stream(
            StepRow,
            "id process_id flow_task office organization_id status created assigned started finished owner_id due_at"
            " scheduled unit_id cause",
            (row for s in self.stories() for row in self._rows(s)), flow_task_type="HUMAN", token="start",
        )  # fmt: skip
        stream(
            Completion, "step_id entry_id", ((s.step(i), 0) for s in self.stories() for i in range(len(s.done)))
        )

    def _rows(self, s: Story) -> Iterable[tuple]:
        for i, node in enumerate(s.done):
            begun, ended = s.moment(i), s.moment(i + 1)
            office, body, people = self._desk(s, node)
            yield (s.step(i), s.pk, self.refs[node], office, body, "DONE", begun, begun, begun, ended,
                   s.one_of(people), ended, None, s.unit, s.cause(i))  # fmt: skip
        if s.open_at:
            office, body, people = self._desk(s, s.open_at)
            due = _due(s.chance // 16 % 41 - 15) if s.chance // 2048 % 50 else None
            owner = next(iter(self._holder(s)), None)
            claimed = s.moved if owner and len(people) > 1 else None
            yield (s.step(6), s.pk, self.refs[s.open_at], office, body, "ASSIGNED" if owner else "NEW", s.moved,
                   claimed, None, None, owner, due, due, s.unit, s.cause(len(s.done)))  # fmt: skip

    def _desk(self, s: Story, node: str) -> tuple[str, int, list[int]]:
        """Office, body and the people who hold it."""
        office = OFFICES[node]
        if office == Office.AUTHOR:
            return office, s.unit, [self.house.authors[s.unit]]
        if office == Office.UNIT_HEAD:
            return office, s.unit, [self.house.heads[s.unit]]
        return office, s.realm.bodies[PLACES[node]], s.realm.people[office]

    def _entries(self) -> None:
        """The acts of the open dossiers; their digests are not reckoned, nobody verifies this ledger."""
        stream(
            Entry,
            "at chain_id subject_id subject_label unit_id act source target actor_id actor_name office organization_id"
            " position step_id",
            (row for s in self.stories() if s.open_at for row in self._lines(s)),
            kind="ACT", chain_type="dossiers.dossier", subject_type="dossiers.dossier", form=1, origin="web",
            digest="0" * 64, unit_name="UBND xã Mẫu", organization_name="UBND xã Mẫu",
        )  # fmt: skip

    def _lines(self, s: Story) -> Iterator[tuple]:
        code, author = f"HS-{s.begun.year}-{s.pk:07}", self.house.authors[s.unit]
        yield (s.begun, s.pk, s.pk, code, s.unit, "open", "", State.DRAFT, author, self.house.names[author],
               Office.AUTHOR, s.unit, 1, None)  # fmt: skip
        for i, node in enumerate(s.done):
            after = s.done[i + 1] if i + 1 < len(s.done) else s.open_at
            office, body, people = self._desk(s, node)
            actor = s.one_of(people)
            yield (s.moment(i + 1), s.pk, s.pk, code, s.unit, s.cause(i + 1), STATE[node], STATE[after], actor,
                   self.house.names[actor], office, body, i + 2, s.step(i))  # fmt: skip

    def _notices(self) -> None:
        at = now() - DAY
        people = list(get_user_model().objects.values_list("pk", flat=True))
        stream(
            Notification, "entry_id recipient_id read_at",
            ((i, pk, None if i % 10 == 0 else at) for pk in people for i in range(NOTICES)),
            channel=Channel.IN_APP, template="new_work", context="{}", url="/ban-viec/", created_at=at,
        )  # fmt: skip


@lru_cache
def _due(days: int) -> datetime:
    """The end of a day so many days from today: as in a real house, many steps are due at one moment."""
    return end_of_day(today() + days * DAY)
