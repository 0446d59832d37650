"""Pictures: what a scanned document is shown as.

One rule: a picture is measured before it is unpacked, and only ever written anew as PNG, so
nothing that was hidden in the file reaches a browser.
"""

from __future__ import annotations

import io
import warnings
from typing import Any, Final

from interlock.errors import MissingExtra
from interlock.papers.documents.reading import Reading
from interlock.papers.documents.view import DocumentKind, PageView

MOST_PIXELS: Final = 60_000_000  # an A3 page at 600 dpi has 70 million; a scan rarely has 35
NARROWEST: Final = 64  # pixels
WIDEST: Final = 2_400
FORMATS: Final = ("PNG", "JPEG")
POINTS: Final = 0.75  # a pixel of 96 dpi


class PictureRefused(ValueError):
    """It cannot be shown as a picture; the words say why."""


def read_picture(content: bytes) -> Reading:
    """The picture as a page without words. Raises: PictureRefused."""
    picture = _opened(content)
    width, height = picture.size
    media_type = "image/png" if picture.format == "PNG" else "image/jpeg"
    page = PageView(number=1, width=width * POINTS, height=height * POINTS)
    return Reading(
        kind=DocumentKind.IMAGE,
        title=f"Picture of {width:,} × {height:,} pixels",
        media_type=media_type,
        pages=(page,),
    )


def picture_png(content: bytes, width: int) -> bytes:
    """The picture as PNG, at most so many pixels wide. Raises: PictureRefused."""
    picture = _opened(content)
    wide = min(max(width, NARROWEST), WIDEST)
    try:
        from PIL import ImageOps

        picture.draft("RGB", (wide, wide))  # a JPEG is unpacked no larger than needed
        ImageOps.exif_transpose(picture, in_place=True)
        picture.thumbnail((wide, wide * 4))
        written = io.BytesIO()
        picture.convert("RGB").save(written, "PNG")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as problem:
        raise PictureRefused(f"it is damaged ({problem})") from None
    return written.getvalue()


def _opened(content: bytes) -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("pillow", "web") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise PictureRefused("it has too many pixels to be unpacked") from None
    except (OSError, ValueError, SyntaxError) as problem:
        raise PictureRefused(f"it is damaged ({type(problem).__name__})") from None
    across, down = picture.size
    if across * down > MOST_PIXELS:
        raise PictureRefused(f"it has {across:,} × {down:,} pixels, too many to be unpacked")
    return picture
