"""A picture decoded to its last pixel, to know that it is whole."""

import io
from typing import Any

from PIL import Image

PIXELS_LIMIT = 40_000_000
FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png"}  # MPO: a JPEG with further views, as telephones write


def check_picture(content: bytes) -> dict[str, Any]:
    """{"reason": name of the reason or None, "kind": "jpg" or "png"}."""
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    try:
        picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
        width, height = picture.size
        if width * height > PIXELS_LIMIT:
            return {"reason": "IMAGE_BIG", "kind": ""}
        kind = FORMATS[picture.format or ""]
        picture.load()
    except Exception:  # Pillow meets broken pictures with many kinds of errors
        return {"reason": "IMAGE_BROKEN", "kind": ""}
    return {"reason": None, "kind": kind}
