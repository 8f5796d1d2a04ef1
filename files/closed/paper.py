"""Words and tables set on sheets of A4 and drawn: a plain picture that says it is not the original's layout."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .papers import Block, Table, Words

WIDTH, HEIGHT = 1_000, 1_414  # pixels of an A4 sheet
MARGIN, TOP, BOTTOM = 64, 84, 1_350
SHEETS_LIMIT = 60  # page images of one file
LABEL = "Bản xem nhanh nội dung, không phải bố cục gốc"
_MORE = "… phần còn lại xem trong tệp gốc"
_PADDING = 6
_INK, _PALE, _LINE, _GROUND = 32, 94, 160, 238  # greys
# (most columns, size of the letters)
_TABLE_SIZES = ((5, 18), (8, 15), (99, 12))


@dataclass
class Sheet:
    """One page: words at places, and lines between places."""

    words: list[tuple[int, int, str, int, bool]] = field(default_factory=list)
    lines: list[tuple[int, int, int, int]] = field(default_factory=list)


@cache
def letters(folder: Path, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """The font, with all 134 Vietnamese letters."""
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return ImageFont.truetype(str(folder / name), size, layout_engine=ImageFont.Layout.BASIC)


class Setter:
    """Sets blocks one under the other, with a new sheet when one is full."""

    def __init__(self, fonts: Path) -> None:
        self.fonts = fonts
        self.sheets = [Sheet()]
        self.at = TOP

    @property
    def full(self) -> bool:
        return len(self.sheets) > SHEETS_LIMIT

    def room_for(self, height: int) -> None:
        if self.at + height > BOTTOM and self.at > TOP:
            self.sheets.append(Sheet())
            self.at = TOP

    def set_words(self, words: Words) -> None:
        size, bold = (22, True) if words.heading else (18, words.bold)
        font = letters(self.fonts, size, bold)
        for line in wrapped(words.text, font, WIDTH - 2 * MARGIN):
            self.room_for(size + 10)
            left = MARGIN
            if words.centred:
                left = (WIDTH - int(font.getlength(line))) // 2
            self.sheets[-1].words.append((left, self.at, line, size, bold))
            self.at += size + 10
        self.at += 8 if words.text else size // 2

    def set_table(self, table: Table) -> None:
        columns = max((len(row) for row in table.rows), default=0)
        if not columns:
            return
        size = next(size for most, size in _TABLE_SIZES if columns <= most)
        font = letters(self.fonts, size, False)
        widths = column_widths(table.rows, columns, font)
        for row in table.rows:
            cells = [wrapped(text, font, wide - 2 * _PADDING) for text, wide in zip(row, widths, strict=False)]
            self._set_row(cells, widths, size)
            if self.full:
                return
        self.at += 16

    def _set_row(self, cells: list[list[str]], widths: list[int], size: int) -> None:
        """One row; a row higher than the sheet goes on overleaf."""
        step = size + 7
        tallest = max((len(lines) for lines in cells), default=0)
        most = (BOTTOM - TOP) // step - 1
        for first in range(0, max(tallest, 1), most):
            part = [lines[first : first + most] for lines in cells]
            height = max((len(lines) for lines in part), default=1) * step + 2 * _PADDING
            self.room_for(height)
            self._rule_row(part, widths, size, max(height, step))
            self.at += max(height, step)

    def _rule_row(self, cells: list[list[str]], widths: list[int], size: int, height: int) -> None:
        sheet, left = self.sheets[-1], MARGIN
        right = MARGIN + sum(widths)
        for at in (self.at, self.at + height):
            sheet.lines.append((MARGIN, at, right, at))
        for index, wide in enumerate(widths):
            sheet.lines.append((left, self.at, left, self.at + height))
            for row, line in enumerate(cells[index] if index < len(cells) else []):
                sheet.words.append((left + _PADDING, self.at + _PADDING + row * (size + 7), line, size, False))
            left += wide
        sheet.lines.append((right, self.at, right, self.at + height))


def lay_out(blocks: list[Block], fonts: Path) -> list[Sheet]:
    """The sheets that the blocks fill; at least one."""
    setter = Setter(fonts)
    for block in blocks:
        if isinstance(block, Words):
            setter.set_words(block)
        else:
            setter.set_table(block)
        if setter.full:
            del setter.sheets[SHEETS_LIMIT:]
            setter.sheets[-1].words.append((MARGIN, BOTTOM + 2, _MORE, 14, False))
            break
    return setter.sheets


def draw(sheet: Sheet, number: int, total: int, fonts: Path) -> Image.Image:
    """The sheet as pixels, with the label above and the page number below."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 52), fill=_GROUND)
    pen.text((MARGIN, 14), LABEL, font=letters(fonts, 17, True), fill=_INK)
    foot, font = f"Trang {number}/{total}", letters(fonts, 14, False)
    pen.text((WIDTH - MARGIN - font.getlength(foot), HEIGHT - 38), foot, font=font, fill=_PALE)
    for line in sheet.lines:
        pen.line(line, fill=_LINE)
    for left, top, text, size, bold in sheet.words:
        pen.text((left, top), text, font=letters(fonts, size, bold), fill=_INK)
    return image


def column_widths(rows: list[list[str]], columns: int, font: ImageFont.FreeTypeFont) -> list[int]:
    """Widths that fill the sheet: every column holds its longest word where it can, and more where there is more."""
    room = WIDTH - 2 * MARGIN
    least, wanted = [0.0] * columns, [0.0] * columns
    for row in rows[:80]:
        for index, text in enumerate(row):
            line, word = max(text.split("\n"), key=len)[:60], max(text.split(), key=len, default="")[:24]
            wanted[index] = max(wanted[index], font.getlength(line) + 2 * _PADDING + 2)
            least[index] = max(least[index], font.getlength(word) + 2 * _PADDING + 2)
    if sum(least) > room:
        return [int(wide * room / sum(least)) for wide in least]
    spare = sum(wanted) - sum(least)
    factor = min(1.0, (room - sum(least)) / spare) if spare > 0 else 0
    return [int(narrow + (wide - narrow) * factor) for narrow, wide in zip(least, wanted, strict=True)]


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines that fit; a word longer than a line is cut."""
    return [line for part in text.split("\n") for line in _lines(part, font, width)] if text else []


def _lines(part: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    line = part[: len(part) - len(part.lstrip())]
    for word in part.split():
        longer = f"{line} {word}" if line.strip() else line + word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line.strip():
            yield line
        while word and font.getlength(word) > width:
            cut = max(1, int(len(word) * width / font.getlength(word)))
            yield word[:cut]
            word = word[cut:]
        line = word
    yield line
