"""Draws cards, arrows and clocks as one SVG that needs nothing else: no script, no style sheet, a font of the system.

Lengths are in pixels from the upper left corner.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

Point = tuple[float, float]

FONT = "'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
INK, SOFT, LINE, NAVY, RED, GROUND = "#1d2430", "#566170", "#877f70", "#12406e", "#9b1c1c", "#f6f4ef"
TONES = {"main": NAVY, "bad": RED, "plain": SOFT}
SIZES = {"title": "16", "label": "13", "note": "12"}
LETTER = 7.2  # the widest a letter of a label comes out on average, in any of the fonts
PILL = 22


class Pen:
    """One picture under way; `done` gives its text."""

    def __init__(self, title: str, told: str):
        self.root = Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-labelledby": "title told",
            "font-family": FONT, "font-size": SIZES["label"], "fill": INK,
        })  # fmt: skip
        SubElement(self.root, "title", id="title").text = title
        SubElement(self.root, "desc", id="told").text = told
        self._arrow_heads()
        self.ground = SubElement(self.root, "rect", fill="#fff")

    def _arrow_heads(self) -> None:
        kept = SubElement(self.root, "defs")
        for tone, colour in TONES.items():
            head = SubElement(kept, "marker", {
                "id": f"head-{tone}", "viewBox": "0 0 10 10", "refX": "9", "refY": "5", "markerUnits": "userSpaceOnUse",
                "markerWidth": "10", "markerHeight": "10", "orient": "auto",
            })  # fmt: skip
            SubElement(head, "path", d="M0 0 10 5 0 10z", fill=colour)

    def card(self, x: float, y: float, width: float, height: float, title: str, under: str) -> None:
        """A step: its title, and below it whose work it is."""
        self._rect(x, y, width, height, rx="8", fill="#fff", stroke=LINE)
        self._rect(x, y, 5, height, rx="2", fill=NAVY)
        self.write(x + 18, y + 26, title, kind="title")
        self.write(x + 18, y + 45, under, kind="note")

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line between parts of a card."""
        SubElement(self.root, "path", d=f"M{x:g} {y:g}h{width:g}", stroke="#e2ddd2")

    def end(self, right: float, y: float, words: str) -> float:
        """An end, its right edge at `right`; returns its left edge."""
        left = right - len(words) * LETTER - 20
        self._rect(left, y - PILL / 2, right - left, PILL, rx="11", fill=GROUND, stroke=LINE)
        self.write((left + right) / 2, y + 4.5, words, anchor="middle")
        return left

    def begin(self, x: float, y: float) -> None:
        """A beginning."""
        SubElement(self.root, "circle", cx=f"{x:g}", cy=f"{y:g}", r="9", fill=GROUND, stroke=NAVY)

    def clock(self, x: float, y: float, *, ends: bool) -> None:
        """A deadline: a whole ring when it ends the step, a broken one when it only reminds."""
        look = {"fill": "none", "stroke": RED if ends else SOFT, "stroke-width": "1.5"}
        dashes = {} if ends else {"stroke-dasharray": "3 2"}
        SubElement(self.root, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": "7", **look, **dashes})
        SubElement(self.root, "path", {"d": f"M{x:g} {y - 4:g}v4h3", **look})

    def again(self, x: float, y: float) -> None:
        """What leaves the step open: an arrow that comes back."""
        ring = f"M{x + 6:g} {y:g}a6 6 0 1 1-2-4.5l2 2m.5-5v5h-5"
        SubElement(self.root, "path", {"d": ring, "fill": "none", "stroke": SOFT, "stroke-width": "1.5"})

    def arrow(self, *points: Point, tone: str) -> None:
        """An arrow along these points; what leads on is thicker than what leads back."""
        SubElement(self.root, "path", {
            "d": "M" + " ".join(f"{x:g} {y:g}" for x, y in points), "fill": "none", "stroke": TONES[tone],
            "stroke-width": "2" if tone == "main" else "1.5", "stroke-linejoin": "round",
            "marker-end": f"url(#head-{tone})",
        })  # fmt: skip

    def write(self, x: float, y: float, words: str, *, kind: str = "label", anchor: str = "start") -> None:
        """One line of text on its base line `y`."""
        look = {"font-weight": "600"} if kind == "title" else {"fill": SOFT} if kind == "note" else {}
        SubElement(self.root, "text", {
            "x": f"{x:g}", "y": f"{y:g}", "font-size": SIZES[kind], "text-anchor": anchor, **look,
        }).text = words  # fmt: skip

    def lines(self, x: float, y: float, several: Sequence[str]) -> None:
        """A note of several lines."""
        for i, words in enumerate(several):
            self.write(x, y + 18 * i, words, kind="note")

    def done(self, width: float, height: float) -> str:
        """The picture's text."""
        size = {"width": f"{width:g}", "height": f"{height:g}"}
        self.root.attrib.update(size, viewBox=f"0 0 {width:g} {height:g}")
        self.ground.attrib.update(size)
        indent(self.root)
        return tostring(self.root, encoding="unicode") + "\n"

    def _rect(self, x: float, y: float, width: float, height: float, **look: str) -> None:
        SubElement(self.root, "rect", x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}", **look)
