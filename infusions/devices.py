"""Monitors and pumps: what they post waits beside the chair until a nurse takes it over or sends it away (ADR 38).

A reading belongs to whoever sat in the device's room at its moment, and to nobody when that is not certain: refused,
with a sentence. It is no vital sign before a nurse accepts it: it counts for no due time, no limit and no paper.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Q, Subquery

from clinic import clock
from clinic.errors import DomainError, Invalid, NotFound, Refused
from clinic.models import Room, User
from clinic.policy import Action, require
from infusions import run, states
from infusions.models import Device, DeviceReading, Infusion, StateEvent
from infusions.states import State
from infusions.vitals import RANGES

CLOCK_OFF = timedelta(minutes=2)
"""A device whose clock differs by more is marked, and a nurse says which time counts."""
TOO_OLD = timedelta(minutes=15)
KEPT = timedelta(days=1)
SHOWN, LOOKED_AT = 3, 120
SIGNS = DeviceReading.SIGNS
Waiting = DeviceReading.State.WAITING


class UnknownDevice(DomainError):
    """No device has this token, or it was revoked."""

    status = 401
    title = "Not a device of this clinic"

    def __init__(self) -> None:
        super().__init__("Send the token of a device: “Authorization: Device …”. This one is unknown, or was revoked.")


# Which devices there are


@transaction.atomic
def register(*, room: Room, name: str, by: User) -> tuple[Device, str]:
    """A device for one room, and its token, which nobody sees again. Raises NotPermitted, Invalid."""
    require(by, Action.MANAGE_CLINIC, at=room.site)
    if room.kind != Room.Kind.INFUSION or not room.is_active:
        raise Invalid({"room": "Choose an infusion room that is in use."})
    if not name.strip() or len(name.strip()) > 60:
        raise Invalid({"name": "Name the device in 60 characters or fewer: Monitor, Room 2."})
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(room=room, name=name.strip(), token_hash=_hash(token), registered_by=by)
    return device, token


@transaction.atomic
def revoke(*, device_id: UUID, by: User) -> Device:
    """From the next post on it is unknown. Raises NotFound, NotPermitted."""
    device = Device.objects.select_for_update(of=("self",)).select_related("room__site").filter(pk=device_id).first()
    if device is None:
        raise NotFound
    require(by, Action.MANAGE_CLINIC, at=device.room.site)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = clock.now(), by
        device.save(update_fields=["revoked_at", "revoked_by"])
    return device


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def known(header: str) -> Device:
    """The device that this Authorization header names. Raises UnknownDevice."""
    scheme, _, token = header.partition(" ")
    device = None
    if scheme == "Device" and token:
        rows = Device.objects.select_related("room__site").filter(token_hash=_hash(token.strip()), revoked_at=None)
        device = rows.filter(room__is_active=True, room__site__is_active=True).first()
    if device is None:
        raise UnknownDevice
    return device


# What they post


@transaction.atomic
def take(*, device: Device, said_at: datetime, values: Mapping[str, int]) -> DeviceReading:
    """Keep what was measured, unconfirmed. The same device and second again adds signs that were missing, and no row.

    Raises Invalid for values that are none, Refused when nobody, or not surely one person, sat there then.
    """
    _check(values)
    now, said_at = clock.now(), said_at.replace(microsecond=0)
    known_row = DeviceReading.objects.select_for_update(of=("self",)).filter(device=device, said_at=said_at).first()
    if known_row:
        return _add(known_row, values)
    infusion = _in_the_chair(device, said_at, now)
    row = DeviceReading(
        device=device,
        infusion=infusion,
        said_at=said_at,
        came_at=now,
        clock_off=abs(now - said_at) > CLOCK_OFF,
        out_of_range=_impossible(values),
        **values,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same second came twice at once
        return _add(DeviceReading.objects.select_for_update(of=("self",)).get(device=device, said_at=said_at), values)
    return row


def _check(values: Mapping[str, Any]) -> None:
    problems = {name: f"There is no sign called {name}." for name in set(values) - set(SIGNS)}
    problems |= {
        name: "Write a whole number between 0 and 999."
        for name, value in values.items()
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 999
    }
    if not values:
        problems[""] = f"Send at least one of: {', '.join(SIGNS)}."
    if ("systolic" in values) != ("diastolic" in values):
        problems["systolic"] = "Blood pressure needs both numbers."
    if problems:
        raise Invalid(problems)


def _impossible(values: Mapping[str, int]) -> list[str]:
    """Which of these no person can have and live: a probe that fell off, a cuff that leaked."""
    found = [name for name, value in values.items() if not RANGES[name][1] <= value <= RANGES[name][2]]
    if not found and "systolic" in values and values["systolic"] <= values["diastolic"]:
        found = ["systolic", "diastolic"]
    return sorted(found)


def _add(row: DeviceReading, values: Mapping[str, int]) -> DeviceReading:
    """Monitors send one sign after the other: what this second lacks is added. What stands is never overwritten."""
    fresh = {name: value for name, value in values.items() if getattr(row, name) is None}
    if fresh and row.state == Waiting:
        for name, value in fresh.items():
            setattr(row, name, value)
        row.out_of_range = sorted({*row.out_of_range, *_impossible(fresh)})
        row.save(update_fields=[*fresh, "out_of_range"])
    return row


def _in_the_chair(device: Device, said_at: datetime, now: datetime) -> Infusion:
    """Whose reading it is. A device's clock that runs ahead is taken as now."""
    at = min(said_at, now)
    if now - at > TOO_OLD:
        raise Refused(f"This was measured more than {TOO_OLD.seconds // 60} minutes ago. Nothing was kept.")
    came = StateEvent.objects.filter(infusion=OuterRef("pk"), after=State.CHECKED_IN).values("observed_at")
    here = Infusion.objects.filter(
        Q(state__in=Infusion.IN_HOUSE),
        appointment__holds__room=device.room_id,
        appointment__holds__active=True,
    )
    found = list(here.annotate(came=Subquery(came[:1])).order_by("pk")[:2])
    if not found:
        raise Refused(f"Nobody is checked in in {device.room}. Nothing was kept.")
    if len(found) > 1:
        raise Refused(
            f"Two people are checked in in {device.room}: whose reading it is, nobody can say. Write it down."
        )
    if found[0].came is None or at < found[0].came:
        raise Refused(f"This was measured before the person in {device.room} was checked in. Nothing was kept.")
    return found[0]


# What a nurse makes of it


@dataclass(frozen=True)
class Offer:
    """A reading that waits at the chair, as its row there."""

    row: DeviceReading

    @property
    def can_accept(self) -> bool:
        return not self.row.out_of_range

    @property
    def told(self) -> list[tuple[str, str, bool]]:
        """(sign, value, whether nobody can have it)."""
        row, odd = self.row, set(self.row.out_of_range)
        pairs = [("Pressure", f"{row.systolic}/{row.diastolic}", bool(odd & {"systolic", "diastolic"}))]
        pairs = pairs if row.systolic is not None else []
        units = {"heart_rate": "/min", "spo2": "%", "respiratory_rate": "/min"}
        for name, unit in units.items():
            if (value := getattr(row, name)) is not None:
                pairs.append((RANGES[name][0], f"{value}\u00a0{unit}", name in odd))
        return pairs


def waiting(infusion: Infusion) -> list[Offer]:
    """What nobody has decided on, the newest first: a reading is shown for a sign that no newer one has."""
    recent = clock.now() - TOO_OLD
    rows = (
        DeviceReading.objects.filter(infusion=infusion, state=Waiting, came_at__gte=recent)
        .select_related("device")
        .order_by("-said_at", "-id")[:LOOKED_AT]
    )
    shown, covered = [], set[str]()
    for row in rows:
        if fresh := set(_signs(row)) - covered:
            shown.append(Offer(row))
            covered |= fresh
    return shown[:SHOWN]


def _signs(row: DeviceReading) -> tuple[str, ...]:
    return tuple(name for name in SIGNS if getattr(row, name) is not None)


@transaction.atomic
def accept(*, reading_id: UUID, by: User, when_it_came: bool = False) -> DeviceReading:
    """Make it a row of the flowsheet, in the nurse's name; older ones of the same signs are passed over.

    `when_it_came`: the device's clock is wrong, so the server's time counts. Asked twice, it answers the first.

    Raises NotFound, NotPermitted, Refused for what nobody can have, Invalid outside the stay.
    """
    row = _locked(reading_id, by)
    if row.state == DeviceReading.State.ACCEPTED:
        return row
    _require_undecided(row)
    if row.out_of_range:
        names = ", ".join(RANGES[name][0] for name in row.out_of_range)
        raise Refused(f"Nobody can have this {names}. Look at the sensor, measure again, and send this one away.")
    values = {name: getattr(row, name) for name in _signs(row)}
    at = row.came_at if when_it_came else min(row.said_at, row.came_at)
    taken = run.record_vitals(infusion_id=row.infusion_id, observed_at=at, by=by, client_key=row.pk, **values)
    _decide(row, DeviceReading.State.ACCEPTED, by, vitals=taken.row)
    _pass_over(row, by)
    return row


@transaction.atomic
def reject(*, reading_id: UUID, by: User, reason: str = "") -> DeviceReading:
    """Send it away; older ones of the same signs with it. Raises NotFound, NotPermitted, Refused, Invalid."""
    row = _locked(reading_id, by)
    if row.state == DeviceReading.State.REJECTED:
        return row
    _require_undecided(row)
    if len(reason.strip()) > 200:
        raise Invalid({"reason": "Write the reason in 200 characters or fewer."})
    _decide(row, DeviceReading.State.REJECTED, by, reason=reason.strip())
    _pass_over(row, by)
    return row


def _locked(reading_id: UUID, by: User) -> DeviceReading:
    """The reading and its infusion, locked in the order of the house. Raises NotFound, NotPermitted."""
    infusion_id = DeviceReading.objects.filter(pk=reading_id).values_list("infusion", flat=True).first()
    if infusion_id is None:
        raise NotFound
    infusion = states.locked(infusion_id, states.FOR_A_ROW)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    return DeviceReading.objects.select_for_update(of=("self",)).select_related("device").get(pk=reading_id)


def _require_undecided(row: DeviceReading) -> None:
    if row.state != Waiting:
        raise Refused("A newer reading, or a colleague, has settled this one. Look at the flowsheet.")


def _decide(row: DeviceReading, state: str, by: User, **fields: Any) -> None:
    row.state, row.decided_at, row.decided_by = state, clock.now(), by
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "decided_at", "decided_by", *fields])


def _pass_over(row: DeviceReading, by: User) -> None:
    """Older readings of this device whose every sign the decided one has."""
    older = DeviceReading.objects.filter(
        infusion=row.infusion_id, device=row.device_id, state=Waiting, said_at__lt=row.said_at
    )
    absent = {f"{name}__isnull": True for name in SIGNS if getattr(row, name) is None}
    older.filter(**absent).update(state=DeviceReading.State.PASSED, decided_at=clock.now(), decided_by=by)


def forget() -> int:
    """Throw away what nobody took over within a day; what was accepted or rejected stays. How many there were."""
    old = DeviceReading.objects.filter(came_at__lt=clock.now() - KEPT, state__in=[Waiting, DeviceReading.State.PASSED])
    return old._raw_delete(old.db)


def listed(site_id: UUID) -> list[Any]:
    """The devices of a site, those in use first, each with when it was heard last."""
    last = DeviceReading.objects.filter(device=OuterRef("pk")).order_by("-said_at").values("came_at")[:1]
    rows = Device.objects.filter(room__site=site_id).select_related("room", "registered_by")
    return list(
        rows.annotate(heard=Subquery(last)).order_by(F("revoked_at").asc(nulls_first=True), "room__name", "name")
    )
