"""The picture of a procedure: its main route from top to bottom, supplements beside it, acts on the arrows.

What leads to an end, what leaves the step open and what its clock does are lines in the step's own card,
so that no arrow crosses another.
"""

from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from django.utils.translation import gettext as _

from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.words import ACTS

from .ends import Finish
from .nodes import Step
from .pen import LETTER, PILL, Pen
from .route import (
    REMINDER,
    beside,
    beside_in_words,
    causes,
    condition_of,
    hand_of,
    in_words,
    label,
    main_route,
    office,
    words,
)

CARD, HEAD, LINE, FOOT = 345, 56, 28, 12  # width of a card; heights of its head, of each line, and below the lines
TOP, BETWEEN, ASIDE, LANE, MARGIN = 116, 54, 160, 24, 24
ON, BACK = 30, 210  # where on a card's width the arrows to and from the next card below stand
MAIN_X = MARGIN + 3 * LANE + 120


@dataclass
class Card:
    """A step, or the end of the main route, in its place: `depth` 0 on the main route, 1, 2 … beside it."""

    node: Any
    row: int
    depth: int = 0
    y: float = 0

    @property
    def x(self) -> float:
        return MAIN_X + (CARD + ASIDE if self.depth else 0)

    def leads(self, other: "Card | None") -> str:
        """How an arrow to another card is drawn: down, up, right, back, lane; blank when it is a line in the card."""
        if other is None:
            return ""
        far = (other.row - self.row, other.depth - self.depth)
        if not self.depth and not other.depth:
            return {1: "down", -1: "up"}.get(far[0], "lane")
        if far[0] or (not self.depth and other.depth > 1):
            return ""
        if self.depth and not other.depth:
            return "back" if self.depth > 1 else ""
        return "right" if not self.depth else {1: "down", -1: "up"}.get(far[1], "")


class Chart:
    """One procedure on one sheet."""

    def __init__(self, flow_class: Any):
        self.flow_class, self.lanes = flow_class, 0
        self.pen = Pen(str(flow_class.process_title), in_words(flow_class))
        self.cards: dict[Any, Card] = {}
        aside = beside(flow_class)
        for row, node in enumerate(main_route(flow_class)):
            self.cards[node] = Card(node, row)
            for depth, near in enumerate(aside.get(node, []), start=1):
                self.cards[near] = Card(near, row, depth)

    def svg(self) -> str:
        """The picture as text."""
        bottom = self._lay_out()
        self.pen.write(MARGIN, 38, str(self.flow_class.process_title), kind="title")
        for card in self.cards.values():
            self._draw(card)
        for card in self.cards.values():
            for act, then in getattr(card.node, "ways", {}).items():
                self._arrow(act, card, self.cards.get(then))
        self._beginnings()
        below = self._legend(bottom + 20)
        return self.pen.done(MAIN_X + 2 * CARD + ASIDE + MARGIN, below)

    def _lay_out(self) -> float:
        """Give every card its height and place; returns where the last one ends."""
        top = y = below = float(TOP)
        for card in self.cards.values():
            if card.depth < 2:
                top = y = top if card.depth else below
            card.y = y
            y += self._height(card) + BETWEEN
            below = max(below, y)
        return below - BETWEEN

    def _height(self, card: Card) -> float:
        return HEAD + LINE * len(self._lines(card)) + FOOT if isinstance(card.node, Step) else PILL

    def _lines(self, card: Card) -> list[tuple[str, str, Any]]:
        """(kind, act, where to) of what is said inside a card."""
        step = card.node
        ways = [("way", act, then) for act, then in step.ways.items() if not card.leads(self.cards.get(then))]
        asides = [("again", act, None) for act in step.asides]
        if step.at_due:
            return [*asides, *ways, ("ends", step.at_due.act, step.at_due._next)]
        return [*asides, *ways, *([("reminds", REMINDER, None)] if step.due else [])]

    def _draw(self, card: Card) -> None:
        if isinstance(card.node, Finish):
            self.pen.end(card.x + ON + len(label(card.node)) * LETTER / 2 + 10, card.y + PILL / 2, label(card.node))
            return
        self.pen.card(card.x, card.y, CARD, self._height(card), label(card.node), office(card.node))
        self.pen.rule(card.x + 18, card.y + HEAD, CARD - 36)
        for i, (kind, act, then) in enumerate(self._lines(card)):
            self._line(kind, act, then, card.x + 18, card.y + HEAD + LINE * (i + 0.75))

    def _line(self, kind: str, act: str, then: Any, x: float, y: float) -> None:
        """One line of a card: its sign, the act, and an arrow to the end it leads to."""
        match kind:
            case "ends" | "reminds":
                self.pen.clock(x + 8, y - 4, ends=kind == "ends")
            case "again":
                self.pen.again(x + 6, y - 4)
        said, start = words(act), x + 24
        self.pen.write(start, y, said)
        if then is not None:
            to = self.pen.end(x + CARD - 36, y - 4, label(then))
            self.pen.arrow((start + len(said) * LETTER, y - 4), (to - 2, y - 4), tone=ACTS[act].tone)

    def _arrow(self, act: str, card: Card, other: Card | None) -> None:
        """The arrow of an act between two cards."""
        draw = {"down": self._down, "up": self._up, "right": self._right, "back": self._back, "lane": self._lane}
        if way := card.leads(other):
            draw[way](act, card, other)

    def _down(self, act: str, card: Card, other: Card) -> None:
        x, y = card.x + ON, card.y + self._height(card)
        self.pen.arrow((x, y), (x, other.y - 2), tone=ACTS[act].tone)
        self.pen.write(x + 10, y + 30, words(act))

    def _up(self, act: str, card: Card, other: Card) -> None:
        x = card.x + BACK
        self.pen.arrow((x, card.y), (x, other.y + self._height(other) + 2), tone=ACTS[act].tone)
        self.pen.write(x + 10, card.y - 18, words(act))

    def _right(self, act: str, card: Card, other: Card) -> None:
        x, y = card.x + CARD, card.y + 34
        self.pen.arrow((x, y), (other.x - 2, y), tone=ACTS[act].tone)
        self.pen.write((x + other.x) / 2, y - 8, words(act), anchor="middle")

    def _back(self, act: str, card: Card, other: Card) -> None:
        x, y = other.x + CARD - 40, card.y + 34
        self.pen.arrow((card.x, y), (x, y), (x, other.y + self._height(other) + 2), tone=ACTS[act].tone)
        self.pen.write((other.x + CARD + card.x) / 2, y - 8, words(act), anchor="middle")

    def _lane(self, act: str, card: Card, other: Card) -> None:
        """An arrow past other steps, in a lane of its own at the left edge."""
        self.lanes += 1
        lane, y, to = MARGIN + LANE * self.lanes, card.y + 34, other.y + 18
        self.pen.arrow((card.x, y), (lane, y), (lane, to), (other.x - 2, to), tone=ACTS[act].tone)
        self.pen.write(card.x - 12, y - 8, words(act), anchor="end")
        self.pen.lines(lane + 10, y + 18, wrap(condition_of(card.node, act), 20))

    def _beginnings(self) -> None:
        """The first opening above its step; the others come from an end, at its side."""
        for i, (opening, act) in enumerate(causes(self.flow_class).items()):
            card = self.cards[opening._next]
            if not i:
                self.pen.begin(card.x + ON, card.y - 46)
                self.pen.arrow((card.x + ON, card.y - 37), (card.x + ON, card.y - 2), tone=ACTS[act].tone)
                self.pen.write(card.x + ON + 18, card.y - 41, words(act))
                continue
            self._taken_in_again(act, card, card.y + 34 + 90 * (i - 1))

    def _taken_in_again(self, act: str, card: Card, y: float) -> None:
        x = card.x + CARD + ASIDE
        for state, rule in law(Dossier)[act].items():
            said = str(type(card.node.state)(state).label)
            self.pen.end(x + len(said) * LETTER + 20, y, said)
            self.pen.lines(x + 4, y + 28, wrap(hand_of(rule), 34))
        self.pen.arrow((x, y), (card.x + CARD + 2, y), tone=ACTS[act].tone)
        self.pen.write((card.x + CARD + x) / 2, y - 8, words(act), anchor="middle")

    def _legend(self, y: float) -> float:
        """What the signs mean, and the acts beside the steps; returns where it ends."""
        x, beside_steps = MARGIN + 8, beside_in_words(self.flow_class)
        self.pen.clock(x, y, ends=True)
        said = _("Nhắc theo thang nhắc hạn; hết hạn thì bước kết thúc, hệ thống tự đóng hồ sơ.")
        self.pen.write(x + 20, y + 4, said, kind="note")
        self.pen.clock(x, y + 26, ends=False)
        self.pen.write(x + 20, y + 30, _("Nhắc theo thang nhắc hạn, trước và sau hạn; bước vẫn mở."), kind="note")
        self.pen.again(x, y + 52)
        self.pen.write(x + 20, y + 56, _("Làm xong việc này, bước vẫn mở."), kind="note")
        for i, said in enumerate(beside_steps, start=3):
            self.pen.write(x + 20, y + 4 + 26 * i, said, kind="note")
        return y + 90 + 26 * len(beside_steps)
