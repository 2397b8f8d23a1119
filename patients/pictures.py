"""Pictures that people upload: refused with a sentence, or made anew as a plain JPEG of a size of our choosing.

What comes out holds pixels alone: no place, no device, no other note of the camera, nothing hidden behind the picture.

The library is loaded with the first picture: 5 MB that a web process without one does without.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clinic.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""Only a JPEG can be read at a fraction of its size; the others are read whole, at up to four bytes a pixel."""
PHONES_OWN = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
"""Brands of the containers in which phones keep photos (ISO 23008-12); they stand behind “ftyp”."""

LARGE = _("This picture is larger than 12 MB. Take it anew, or choose a smaller one.")
PIXELS = _("This picture has too many pixels. Take it anew, or choose a smaller one.")
UNREADABLE = _("This is no picture that can be read. Use a JPEG, PNG or WebP file.")
HEIC = _(
    "This picture is in a format of the phone (HEIC) that can’t be read here. Take it with the camera from this page, "
    "or set the phone to JPEG: on an iPhone Settings, Camera, Formats, Most Compatible."
)


def remade(
    upload: bytes, *, field: str, draft: tuple[int, int], shape: Callable[[Image.Image], Image.Image], quality: int
) -> bytes:
    """The upload as a JPEG, upright and in the shape that is asked for. Raises Invalid, with `field`.

    `draft` is the size below which a large JPEG need not be read.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(upload) > MOST_BYTES:
        raise Invalid({field: str(LARGE)})
    if upload[4:8] == b"ftyp" and upload[8:12] in PHONES_OWN:
        raise Invalid({field: str(HEIC)})
    try:
        picture = Image.open(BytesIO(upload), formats=list(MOST_PIXELS))
        if picture.width * picture.height > MOST_PIXELS[str(picture.format)]:
            raise Invalid({field: str(PIXELS)})
        picture.draft("RGB", draft)
        shaped = shape(_on_white(ImageOps.exif_transpose(picture)))
    except Image.DecompressionBombError as error:
        raise Invalid({field: str(PIXELS)}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Invalid({field: str(UNREADABLE)}) from error
    plain = Image.new("RGB", shaped.size)
    plain.paste(shaped)
    written = BytesIO()
    plain.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """What is transparent becomes white, as on paper, and not black."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground
