"""Pages as pictures: every kind of file becomes plain pixels, with nothing of the original left to act."""

import io
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageOps

from . import paper, papers
from .picture_check import PIXELS_LIMIT

HEIGHT_LIMIT = 3_000  # pixels of one page image
_HEAVY = 300 * 1024  # bytes; a heavier page image is sent with fewer colours


def count(content: bytes, kind: str, fonts: str) -> int:
    """How many page images there are."""
    if kind == "pdf":
        return len(pypdfium2.PdfDocument(content))
    if kind in ("jpg", "png"):
        return 1
    return len(_sheets(content, kind, fonts))


def page(content: bytes, kind: str, fonts: str, number: int, width: int) -> bytes:
    """Page `number`, counted from 1, as a PNG at most `width` pixels wide.

    Raises   IndexError when there is no such page
    """
    if number < 1:
        raise IndexError(number)
    if kind == "pdf":
        return _png(_pdf_page(content, number, width))
    if kind in ("jpg", "png"):
        if number != 1:
            raise IndexError(number)
        return _png(_picture(content, width))
    sheets = _sheets(content, kind, fonts)
    image = paper.draw(sheets[number - 1], number, len(sheets), Path(fonts))
    image.thumbnail((width, HEIGHT_LIMIT), Image.Resampling.LANCZOS)
    return _png(image)


def _sheets(content: bytes, kind: str, fonts: str) -> list[paper.Sheet]:
    blocks = papers.word_blocks(content) if kind == "docx" else papers.excel_blocks(content)
    return paper.lay_out(blocks, Path(fonts))


def _pdf_page(content: bytes, number: int, width: int) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    if number > len(document):
        raise IndexError(number)
    sheet = document[number - 1]
    wide, high = sheet.get_size()
    scale = min(width / max(wide, 1), HEIGHT_LIMIT / max(high, 1))
    return sheet.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")


def _picture(content: bytes, width: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = PIXELS_LIMIT
    image: Image.Image = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
    image.draft("RGB", (width * 2, HEIGHT_LIMIT))  # a JPEG is decoded small at once
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256).convert("L")
    image = ImageOps.exif_transpose(image)
    image.thumbnail((width, HEIGHT_LIMIT), Image.Resampling.LANCZOS)
    if image.mode == "RGB":
        return image
    seen = image.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(ground, seen).convert("RGB")


def _png(image: Image.Image) -> bytes:
    """The pixels alone: no words, place or camera of the original."""
    lean = image.convert("L") if _is_grey(image) else image
    bare = Image.new(lean.mode, lean.size)
    bare.paste(lean)
    answer = _saved(bare)
    return answer if len(answer) <= _HEAVY else _saved(bare.quantize(256 if bare.mode == "RGB" else 16))


def _is_grey(image: Image.Image) -> bool:
    """Whether the picture has no colour, as most pages have none; such a page is a third as heavy."""
    if image.mode == "L":
        return True
    red, green, blue = image.split()
    return ImageChops.difference(red, green).getbbox() is None and ImageChops.difference(red, blue).getbbox() is None


def _saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()
