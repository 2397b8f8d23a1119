"""A blank sheet for those who write papers. What draws on it is loaded with the first one.

The library and its fonts are 16 MB, and a web process that prints nothing does without them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

INK, SOFT, LINE, SHADE = (20, 24, 22), (95, 103, 99), (176, 184, 180), (240, 243, 241)


def blank(*, head: str, foot: str, made: datetime, landscape: bool = False) -> Paper:
    """A document with a head line and a foot on every page, and no page yet."""
    from clinic.documents.paper import Paper

    return Paper(head=head, foot=foot, made=made, landscape=landscape)
