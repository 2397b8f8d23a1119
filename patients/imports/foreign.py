"""Foreign JSON is asked for its kind before anything is taken out of it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def as_dict(value: object) -> Json:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_dicts(value: object) -> list[Json]:
    """The objects of a list; what is no list has none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
