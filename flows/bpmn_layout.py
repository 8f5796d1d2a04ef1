"""Where the shapes and arrows of the BPMN export lie: the main route from left to right, supplements below it.

An arrow back to a step runs above its row, an arrow to an end below it; those to one place share a line.
Lengths are in pixels from the upper left corner.
"""

from typing import Any, NamedTuple

from .ends import Finish, Opening
from .nodes import Deed, Step
from .route import REMINDER, beside, main_route, nodes

COLUMN, ROW, LEFT, TOP, BUS = 350, 320, 160, 180, 18
TASK, GATEWAY, EVENT = (120, 80), (50, 50), (36, 36)

Point = tuple[float, float]


class Box(NamedTuple):
    """A shape by its corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> Point:
        return self.x + self.width, self.middle[1]

    @property
    def left(self) -> Point:
        return self.x, self.middle[1]

    @property
    def top(self) -> Point:
        return self.middle[0], self.y

    @property
    def bottom(self) -> Point:
        return self.middle[0], self.y + self.height


def around(middle: Point, size: tuple[int, int]) -> Box:
    """A box about its middle."""
    return Box(middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size)


class Layout:
    """The bounds of every node, and the points of every arrow, by name."""

    def __init__(self, flow_class: Any, way_of: Any, clock_of: Any, rung_of: Any):
        self.flow_class, self.way_of, self.clock_of, self.rung_of = flow_class, way_of, clock_of, rung_of
        self.boxes: dict[str, Box] = {}
        self.rows: dict[str, int] = {}
        self.steps = [step.name for step in nodes(flow_class, Step)]
        self._place_route()
        self._place_openings()
        self._place_sinks()

    def _place_route(self) -> None:
        """Each step with its gateway and clocks: the main route in row 0, what stands beside it in rows below.

        What stands beside a later step comes first, so that no arrow down or up passes through a box.
        """
        aside = beside(self.flow_class)
        row = len(aside) + 1
        for column, node in enumerate(main_route(self.flow_class)):
            self._place(node, column, 0)
            row -= node in aside
            for further, near in enumerate(aside.get(node, []), start=1):
                self._place(near, column + further, row)

    def _place(self, node: Any, column: int, row: int) -> None:
        x, y = LEFT + COLUMN * column, TOP + ROW * row
        if isinstance(node, Finish):
            self.boxes[node.name] = around((x + EVENT[0] / 2, y), EVENT)
            return
        self.boxes[node.name] = Box(x, y - TASK[1] / 2, *TASK)
        self.boxes[self.way_of(node.name)] = around((x + 185, y), GATEWAY)
        if node.at_due:
            self.boxes[self.clock_of(node.name)] = around((x + 28, y + TASK[1] / 2), EVENT)
        if node.due:
            self.boxes[self.rung_of(node.name)] = around((x + 92, y + TASK[1] / 2), EVENT)
        for name in (node.name, self.way_of(node.name), self.clock_of(node.name), self.rung_of(node.name)):
            self.rows[name] = row

    def _place_openings(self) -> None:
        for i, opening in enumerate(nodes(self.flow_class, Opening)):
            self.boxes[opening.name] = around((LEFT - 80, TOP - 110 * i), EVENT)

    def _place_sinks(self) -> None:
        """What many arrows lead to, one below the other at the right edge."""
        deeds = nodes(self.flow_class, Deed)
        taken = {main_route(self.flow_class)[-1], *(deed._next for deed in deeds)}
        ends = [finish for finish in nodes(self.flow_class, Finish) if finish not in taken]
        self.sinks = [*(deed.name for deed in deeds), *(end.name for end in ends), REMINDER]
        after = {**{deed.name: deed._next.name for deed in deeds}, REMINDER: f"{REMINDER}_done"}
        x = max(box.x for box in self.boxes.values()) + 120 + BUS * len(self.sinks)
        for i, name in enumerate(self.sinks):
            y = TOP + 150 + 130 * i
            self.boxes[name] = around((x + TASK[0] / 2, y), EVENT if name not in after else TASK)
            if name in after:
                self.boxes[after[name]] = around((x + TASK[0] + 80, y), EVENT)
        self.risers = {name: x - BUS * (i + 2) for i, name in enumerate(self.sinks)}

    def points(self, source: str, target: str) -> list[Point]:
        """The way of an arrow."""
        start, end = self.boxes[source], self.boxes[target]
        if target in self.sinks:
            return self._to_sink(source, target)
        if start.middle[1] == end.middle[1] and 0 < end.x - start.x - start.width < COLUMN / 2:
            return [start.right, end.left]
        if source not in self.rows:
            return [start.right, (end.x + 24, start.right[1]), (end.x + 24, end.y)]
        if self.rows[target] > self.rows[source]:
            return [start.bottom, (start.bottom[0], end.left[1]), end.left]
        return self._back(source, target)

    def _to_sink(self, source: str, target: str) -> list[Point]:
        """Below the row to the right edge, along a line that all arrows to this sink share."""
        start, end = self.boxes[source], self.boxes[target]
        y = TOP + ROW * self.rows[source] + 78 + BUS * self.sinks.index(target)
        riser = self.risers[target]
        return [start.bottom, (start.bottom[0], y), (riser, y), (riser, end.left[1]), end.left]

    def _back(self, source: str, target: str) -> list[Point]:
        """Above the row, then down into a step of this row or up into one of a row above."""
        start, end, row = self.boxes[source], self.boxes[target], self.rows[source]
        same_row = [step for step in self.steps if self.rows[step] == row]
        line = same_row.index(target) % 3 if target in same_row else 3
        y = TOP + ROW * row - 56 - BUS * line
        into = end.top if self.rows[target] == row else end.bottom
        return [start.top, (start.top[0], y), (into[0], y), into]

    def label(self, points: list[Point]) -> Box:
        """Where an arrow's words lie: beside its first corner, or over a straight one."""
        (x, y), (corner_x, corner_y) = points[0], points[1]
        if len(points) == 2:
            return Box(x + 4, y - 20, corner_x - x - 8, 14)
        to_left = len(points) > 2 and points[2][0] < corner_x
        return Box(corner_x - 134 if to_left else corner_x + 6, corner_y - 16, 128, 14)
