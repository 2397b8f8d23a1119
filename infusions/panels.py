"""Cards that later rooms put beside the chair: they know this room, this room does not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clinic.models import User
from infusions.models import Infusion


@dataclass(frozen=True)
class Panel:
    """A template and what it shows; it is drawn in the right column of the chair page."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[Infusion, User], Panel | None]

_makers: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    """Called once from a room's AppConfig; the same name again takes the place of the first."""
    _makers[name] = maker


def panels(infusion: Infusion, user: User) -> list[Panel]:
    """Every card that has something to say about this infusion to this user."""
    return [panel for make in _makers.values() if (panel := make(infusion, user))]
