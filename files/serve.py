"""Answers that carry a file.  Who may have it was asked before, by the caller."""

import unicodedata
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from . import store
from .models import Blob, Kind
from .names import with_suffix

_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
}
_SEALED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Encoding": "identity",  # these kinds are packed already; packing again would hide the length
}


def attachment_response(blob: Blob, name: str) -> HttpResponseBase:
    """The original, to be saved and not shown; its digest is checked before the first byte leaves.

    name      as the uploader called it; the ending follows the content
    Returns   status 503 with a sentence when the store's copy is gone or damaged
    """
    if not store.verify(blob):
        return _sealed(HttpResponse(_sorry(), status=503, content_type="text/plain; charset=utf-8"))
    response = FileResponse(store.open_blob(blob), content_type=_TYPES[Kind(blob.kind)])
    response["Content-Disposition"] = disposition(with_suffix(name, blob.kind))
    return _sealed(response)


def png_response(png: bytes) -> HttpResponse:
    """A page image, to be shown inside our own page."""
    response = HttpResponse(png, content_type="image/png")
    response["Content-Disposition"] = "inline"
    _sealed(response)
    return response


def disposition(name: str) -> str:
    """The header that names an attachment: plain letters for old programs, the true name for the others."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(sign if sign.isalnum() or sign in "._- ()" else "" for sign in decomposed if sign.isascii())
    return f"attachment; filename=\"{plain.strip() or 'tep'}\"; filename*=UTF-8''{quote(name, safe='')}"


def _sealed(response: HttpResponseBase) -> HttpResponseBase:
    for header, value in _SEALED.items():
        response[header] = value
    return response


def _sorry() -> str:
    return _("Tệp trong kho lưu trữ không còn nguyên vẹn nên không gửi được. Hãy báo quản trị hệ thống.")
