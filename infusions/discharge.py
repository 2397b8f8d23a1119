"""The way home: what must be true, each criterion named, and the provider's release when one is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotReady
from clinic.models import User
from clinic.policy import Action, require
from clinic.protocol import ProtocolValues
from infusions import series, states, vitals
from infusions.limits import Phase
from infusions.models import Discharge, Infusion, VitalSigns
from infusions.states import State
from visits import changes


@dataclass(frozen=True)
class Findings:
    """What was found before the patient leaves (protocol 2.6)."""

    aldrete: int
    oriented: bool
    steady: bool
    no_active_si: bool
    iv_out: bool
    instructions_given: bool
    escort_name: str = ""
    escort_relation: str = ""

    @property
    def escorted(self) -> bool:
        return bool(self.escort_name and self.escort_relation)


@transaction.atomic
def discharge(
    *,
    infusion_id: UUID,
    observed_at: datetime,
    by: User,
    aldrete: int,
    oriented: bool,
    steady: bool,
    no_active_si: bool,
    iv_out: bool,
    instructions_given: bool,
    escort_name: str = "",
    escort_relation: str = "",
    released_reason: str = "",
) -> Discharge:
    """Let the patient go home. With a reason, a provider may release against criteria that are not met.

    Raises NotPermitted, IllegalTransition, Invalid, or NotReady carrying every unmet criterion.
    """
    infusion = states.locked(infusion_id)
    site = infusion.appointment.site
    require(by, Action.DISCHARGE, at=site)
    states.require_move(infusion, State.DISCHARGED)
    found = Findings(
        aldrete, oriented, steady, no_active_si, iv_out, instructions_given, escort_name.strip(),
        escort_relation.strip(),
    )  # fmt: skip
    _check(found, released_reason)
    moment = states.happened(observed_at)
    unmet = list(criteria(infusion, found, settings_versions.current(site), moment, infusion.vitals.all()))
    if unmet and not released_reason.strip():
        raise NotReady(unmet)
    if unmet:
        require(by, Action.OVERRIDE_GATE, at=site)
    states.move_to(infusion, State.DISCHARGED, observed_at=moment, by=by)
    made = Discharge.objects.create(
        infusion=infusion,
        observed_at=moment,
        entered_at=clock.now(),
        entered_by=by,
        aldrete=aldrete,
        oriented=oriented,
        steady=steady,
        no_active_si=no_active_si,
        iv_out=iv_out,
        instructions_given=instructions_given,
        escort_name=found.escort_name,
        escort_relation=found.escort_relation,
        released_by=by if unmet else None,
        released_reason=released_reason.strip() if unmet else "",
    )
    changes.finish(appointment_id=infusion.appointment_id, by=by)
    series.complete_when_done(series_id=infusion.series_id, by=by)
    return made


def earliest(infusion: Infusion, settings: ProtocolValues, *, escorted: bool = True) -> datetime | None:
    """When the patient may leave at the earliest: an hour after the pump, two without an adult (S-OxTx)."""
    if infusion.ended_at is None:
        return None
    alone = settings.escort_required and not escorted
    return infusion.ended_at + timedelta(minutes=settings.unescorted_min_stay if alone else settings.recovery_minutes)


def criteria(
    infusion: Infusion, found: Findings, settings: ProtocolValues, at: datetime, rows: Iterable[VitalSigns]
) -> Iterator[str]:
    """A sentence for every criterion that is not met."""
    local = infusion.appointment.site.local
    if not found.escorted and settings.escort_required:
        yield "No adult is named who takes the patient home: write name and relation."
    leaves = earliest(infusion, settings, escorted=found.escorted)
    if leaves and at < leaves:
        minutes = settings.recovery_minutes if found.escorted else settings.unescorted_min_stay
        alone = "" if found.escorted or not settings.escort_required else " without an escort"
        yield f"Recovery takes {minutes}\u00a0minutes{alone}: until {local(leaves):%H:%M}."
    if found.aldrete < settings.discharge_score_min:
        yield f"Aldrete score {found.aldrete}: at least {settings.discharge_score_min} is needed."
    if not found.oriented:
        yield "Not yet oriented to person, place, time and situation."
    if not found.steady:
        yield "Does not walk steadily yet."
    if not found.no_active_si:
        yield "Active suicidal thoughts: a provider sees the patient before anything else."
    if not found.iv_out:
        yield "The IV is still in."
    if not found.instructions_given:
        yield "Written instructions have not been given."
    yield from _pressure(infusion, settings, rows)


def _pressure(infusion: Infusion, settings: ProtocolValues, rows: Iterable[VitalSigns]) -> Iterator[str]:
    """After a blood pressure at the notify line, the last two readings have to be below it (J2)."""
    kept = [row for row in vitals.live(rows) if row.systolic is not None]
    after = [row for row in kept if vitals.phase_of(infusion, row.observed_at) is not Phase.BEFORE]
    if any(_is_high(row, settings) for row in after) and any(_is_high(row, settings) for row in kept[-2:]):
        line = f"{settings.bp_notify_systolic}/{settings.bp_notify_diastolic}"
        last = kept[-1]
        yield f"Blood pressure was {last.systolic}/{last.diastolic}: two readings below {line} in a row are needed."


def _is_high(row: VitalSigns, settings: ProtocolValues) -> bool:
    if row.systolic is None or row.diastolic is None:
        return False
    return row.systolic >= settings.bp_notify_systolic or row.diastolic >= settings.bp_notify_diastolic


def _check(found: Findings, released_reason: str) -> None:
    problems = {}
    if not 0 <= found.aldrete <= 10:
        problems["aldrete"] = "The Aldrete score is between 0 and 10."
    if len(found.escort_name) > 120:
        problems["escort_name"] = "Write the name in 120 characters or fewer."
    if len(found.escort_relation) > 60:
        problems["escort_relation"] = "Write the relation in 60 characters or fewer."
    if len(released_reason) > 300:
        problems["released_reason"] = "Write the reason in 300 characters or fewer."
    if problems:
        raise Invalid(problems)
