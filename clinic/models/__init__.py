"""The place and its people."""

from clinic.models.people import Membership, User, UserManager
from clinic.models.places import WEEKDAYS, Closure, OpeningHours, Room, Site, check_time_zone
from clinic.models.protocols import ProtocolSettings
from clinic.models.shifts import OnCallTurn, Shift, ShiftException
from clinic.models.tablets import Pin, Tablet, TabletProof
from clinic.models.tokens import ApiToken, KeptAnswer
from clinic.models.witnesses import Heartbeat, HistorySeal, ReadEvent

__all__ = [
    "WEEKDAYS",
    "ApiToken",
    "Closure",
    "Heartbeat",
    "HistorySeal",
    "KeptAnswer",
    "Membership",
    "OnCallTurn",
    "OpeningHours",
    "Pin",
    "ProtocolSettings",
    "ReadEvent",
    "Room",
    "Shift",
    "ShiftException",
    "Site",
    "Tablet",
    "TabletProof",
    "User",
    "UserManager",
    "check_time_zone",
]
