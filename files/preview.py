"""Page images of a stored file, made by the server in the closed room and kept for the next reader."""

import json
import os
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from . import cell, store
from .models import Blob, Scan

WIDTHS = (240, 600, 1_000)  # pixels; other widths are made from the next larger, so that the cache stays small
SECONDS = 20  # for one page
_ROOM = "1"  # raise it when pages are drawn differently: older images are then not found
_FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"


class PreviewFailed(Exception):
    """There is no image; str() is the Vietnamese sentence to show in its place."""


class NoSuchPage(PreviewFailed):
    """The file has no page of this number."""


def page_count(blob: Blob) -> int:
    """How many page images the file has.

    Raises   PreviewFailed
    """
    _refuse_infected(blob)
    if blob.pages is not None:
        return blob.pages
    kept = _kept(blob, "pages")
    answer = _read(kept)
    if answer is None:
        answer = _made(blob, "count", blob.kind, str(_FONTS))
        _put(kept, answer)
    return int(json.loads(answer)["pages"])


def page_png(blob: Blob, number: int, width: int = WIDTHS[-1]) -> bytes:
    """Page `number`, counted from 1, as a PNG.

    width    pixels wanted; the image is as wide as the next of 240, 600, 1000, or narrower when the picture is
    Raises   NoSuchPage, PreviewFailed
    """
    if not 1 <= number <= page_count(blob):
        raise NoSuchPage(_("Tệp không có trang này."))
    wide = next((size for size in WIDTHS if size >= width), WIDTHS[-1])
    kept = _kept(blob, f"{wide}-{number}.png")
    image = _read(kept)
    if image is None:
        image = _made(blob, "page", blob.kind, str(_FONTS), str(number), str(wide))
        _put(kept, image)
    return image


def _refuse_infected(blob: Blob) -> None:
    if blob.scan == Scan.INFECTED:
        raise PreviewFailed(_("Tệp có mã độc nên không hiển thị. Hãy báo cán bộ công nghệ thông tin của đơn vị."))


def _made(blob: Blob, job: str, *arguments: str) -> bytes:
    """The closed room's answer, or the sentence that says why there is none."""
    try:
        with store.open_blob(blob) as file:
            return cell.run(job, file, *arguments, seconds=SECONDS)
    except store.Missing as problem:
        raise PreviewFailed(_("Không tìm thấy tệp trong kho lưu trữ. Hãy báo quản trị hệ thống.")) from problem
    except cell.Busy as problem:
        raise PreviewFailed(_("Máy chủ đang bận dựng trang xem trước. Hãy thử lại sau một phút.")) from problem
    except cell.TooLong as problem:
        raise PreviewFailed(_("Trang này quá phức tạp để xem trước. Hãy tải tệp gốc về để xem.")) from problem
    except cell.Failed as problem:
        raise PreviewFailed(_("Không dựng được trang xem trước. Hãy tải tệp gốc về để xem.")) from problem


def _kept(blob: Blob, name: str) -> Path:
    return Path(settings.VAR_DIR) / "preview" / _ROOM / blob.sha256[:2] / blob.sha256 / name


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _put(path: Path, content: bytes) -> None:
    """Keep the image whole or not at all; a full disk only means that it is made again."""
    fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        os.replace(fresh, path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
