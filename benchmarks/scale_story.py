"""One dossier of the large house: where it came and when, and the routes that such dossiers take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dossiers.states import State
from organizations.models import Office, Place

from .scale_house import Realm

DAY = timedelta(days=1)
ROUTE = ("prepare", "sign", "propose", "review", "deliberate", "decide")
ACTS = {"prepare": "hand_over", "sign": "submit", "propose": "propose", "review": "admit", "deliberate": "recommend",
        "decide": "grant"}  # fmt: skip
OFFICES = {"prepare": Office.AUTHOR, "sign": Office.UNIT_HEAD, "propose": Office.FINANCE,
           "review": Office.HOME_AFFAIRS, "deliberate": Office.SECRETARY, "decide": Office.SIGNATORY,
           "supplement_proposal": Office.AUTHOR}  # fmt: skip
PLACES = {"propose": Place.FINANCE_BODY, "review": Place.STANDING_BODY, "deliberate": Place.COUNCIL,
          "decide": Place.AUTHORITY}  # fmt: skip
# of a hundred open dossiers: at which step, how many have it open
OPEN_AT = (("prepare", 14), ("sign", 6), ("propose", 30), ("review", 30), ("supplement_proposal", 4),
           ("deliberate", 10), ("decide", 6))  # fmt: skip
# of a hundred finished ones: how many steps they took, and where they ended
ENDED = ((6, State.DECIDED, 70), (4, State.DECLINED, 15), (3, State.DECLINED, 10), (2, State.WITHDRAWN, 5))
STATE = {
    "prepare": State.DRAFT, "sign": State.SIGNING, "propose": State.PROPOSING, "review": State.REVIEWING,
    "supplement_proposal": State.RETURNED_PROPOSING, "deliberate": State.DELIBERATING, "decide": State.DECIDING,
}  # fmt: skip


@dataclass(slots=True)
class Story:
    """One dossier: whose, since when, the steps behind it, the one open now."""

    pk: int
    chance: int
    unit: int
    realm: Realm
    campaign: int
    begun: datetime
    done: tuple[str, ...]
    open_at: str
    state: str

    def moment(self, i: int) -> datetime:
        """When its i-th step began."""
        return self.begun + i * 4 * DAY

    @property
    def moved(self) -> datetime:
        """When its last act was done."""
        return self.moment(len(self.done))

    @property
    def reach(self) -> int:
        """How far it came."""
        return min(max(len(self.done) - 1, 0), 1) + (len(self.done) > 3) + (len(self.done) > 4)

    @property
    def names(self) -> range:
        """The numbers of its names: of every open dossier, and of each third of the others."""
        count = self.chance // 256 % 3 + 1 if self.open_at else self.pk % 3 == 0
        return range(self.pk * 4, self.pk * 4 + count)

    def step(self, i: int) -> int:
        """The number of its i-th step."""
        return self.pk * 8 + i

    def one_of(self, people: list[int]) -> int:
        """Who of an office has to do with it."""
        return people[self.chance // 32 % len(people)]

    def cause(self, i: int) -> str:
        """The act that led to its i-th step."""
        if i == 0:
            return "open"
        returned = i == len(self.done) and self.open_at == "supplement_proposal"
        return "request_supplement" if returned else ACTS[self.done[i - 1]]
