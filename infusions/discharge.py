"""The way home: what must be true, each criterion named, and the provider's release when one is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, Role, require
from clinic.protocol import ProtocolValues
from infusions import booster_tasks, checkins, locking, questionnaires, series, states, vitals
from infusions.limits import Phase
from infusions.models import AgainstAdvice, Discharge, Infusion, VitalSigns
from infusions.states import State
from patients import signatures
from reminders import followups
from reminders.models import Webhook
from reminders.webhooks import events
from reminders.webhooks.events import Event
from visits import changes

SELF = "self"
"""Who drives themself is not let go (J8): a choice of the form, never a row."""
CALL_BACK = "against_advice_call"
WayHome, Scale = Discharge.WayHome, Discharge.Scale


@dataclass(frozen=True)
class Unmet:
    """A criterion that is not met; a `firm` one no release waives, only the patient's own word against advice."""

    sentence: str
    firm: bool = False


@dataclass(frozen=True)
class Farewell:
    """What is written when a patient leaves against advice: one of signature and refusal."""

    explained: str
    signed_name: str = ""
    refusal: str = ""
    strokes: signatures.Strokes | None = None


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
    scale: str = Scale.ALDRETE
    way_home: str = WayHome.ESCORT

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
    scale: str = Scale.ALDRETE,
    way_home: str = WayHome.ESCORT,
    released_reason: str = "",
    released_by: User | None = None,
    farewell: Farewell | None = None,
) -> Discharge:
    """Let the patient go home. With a reason, a provider may release against criteria that are not met.

    `released_by` is the provider when somebody else is signed in; the door has seen their password. `farewell` makes it
    a leave against advice. Nobody drives themself. Raises NotPermitted, IllegalTransition, Refused, Invalid, or
    NotReady carrying every unmet criterion.
    """
    infusion = locking.with_visit(infusion_id)
    site = infusion.appointment.site
    require(by, Action.DISCHARGE, at=site)
    states.require_move(infusion, State.DISCHARGED)
    found = Findings(
        aldrete, oriented, steady, no_active_si, iv_out, instructions_given, escort_name.strip(),
        escort_relation.strip(), scale, way_home,
    )  # fmt: skip
    if way_home == SELF:
        raise Refused("The patient may not drive until tomorrow, after a night’s sleep. Find another way home first.")
    _check(found, released_reason, farewell)
    moment = states.happened(observed_at)
    unmet = list(criteria(infusion, found, settings_versions.current(site), moment, infusion.vitals.all()))
    if farewell and not unmet:
        raise Refused("Every criterion is met. Discharge the patient as usual.")
    firm = [] if farewell else [each.sentence for each in unmet if each.firm]
    if firm or (unmet and not released_reason.strip()):
        raise NotReady(firm if released_reason.strip() else [each.sentence for each in unmet])
    provider = released_by or by
    if unmet:
        require(provider, Action.OVERRIDE_GATE, at=site)
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
        scale=scale,
        way_home=way_home,
        released_by=provider if unmet else None,
        released_reason=released_reason.strip() if unmet else "",
    )
    if farewell:
        _against_advice(made, farewell, provider=provider, by=by)
    changes.finish(appointment_id=infusion.appointment_id, by=by)
    series.complete_when_done(series_id=infusion.series_id, by=by)
    questionnaires.after(infusion.series.patient)
    checkins.plan(infusion, left_at=moment)
    booster_tasks.after_discharge(infusion, by)
    _tell_others(made, infusion)
    return made


def _tell_others(made: Discharge, infusion: Infusion) -> None:
    """Other systems hear that the patient left, and not how."""
    visit = infusion.appointment
    about = {"infusion": infusion.pk, "appointment": visit.pk, "patient": visit.patient_id}
    events.write(visit.site_id, [Event(Webhook.Kind.DISCHARGED, "discharged", made.observed_at, about)])


def _against_advice(made: Discharge, farewell: Farewell, *, provider: User, by: User) -> None:
    infusion = made.infusion
    AgainstAdvice.objects.create(
        discharge=made, explained=farewell.explained.strip(), signed_name=farewell.signed_name.strip(),
        strokes=farewell.strokes, refusal=farewell.refusal.strip(), provider=provider, observed_at=made.observed_at,
        entered_at=clock.now(), entered_by=by,
    )  # fmt: skip
    followups.open_task(
        kind=CALL_BACK, site=infusion.appointment.site, title="Call: left against advice after an infusion",
        subject_kind="infusion", subject_id=infusion.pk, owner_role=Role.NURSE, patient=infusion.series.patient,
        due_at=clock.now() + timedelta(hours=2), escalates_at=clock.now() + timedelta(hours=4),
        link=f"/infusions/{infusion.pk}/note/",
    )  # fmt: skip


def earliest(infusion: Infusion, settings: ProtocolValues, *, escorted: bool = True) -> datetime | None:
    """When the patient may leave at the earliest: an hour after the pump, two without an adult (S-OxTx)."""
    if infusion.ended_at is None:
        return None
    alone = settings.escort_required and not escorted
    return infusion.ended_at + timedelta(minutes=settings.unescorted_min_stay if alone else settings.recovery_minutes)


def criteria(
    infusion: Infusion, found: Findings, settings: ProtocolValues, at: datetime, rows: Iterable[VitalSigns]
) -> Iterator[Unmet]:
    """Every criterion that is not met, with its sentence."""
    local = infusion.appointment.site.local
    if not found.escorted and settings.escort_required:
        yield Unmet("No adult is named who takes the patient home: write name and relation.")
    leaves = earliest(infusion, settings, escorted=found.escorted)
    if leaves and at < leaves:
        minutes = settings.recovery_minutes if found.escorted else settings.unescorted_min_stay
        alone = "" if found.escorted or not settings.escort_required else " without an escort"
        yield Unmet(f"Recovery takes {minutes}\u00a0minutes{alone}: until {local(leaves):%H:%M}.", firm=bool(alone))
    if found.aldrete < settings.discharge_score_min:
        name = Scale(found.scale).label
        yield Unmet(f"{name} score {found.aldrete}: at least {settings.discharge_score_min} is needed.")
    if not found.oriented:
        yield Unmet("Not yet oriented to person, place, time and situation.")
    if not found.steady:
        yield Unmet("Does not walk steadily yet.")
    if not found.no_active_si:
        yield Unmet("Active suicidal thoughts are not ruled out. Ask; with any, a provider sees the patient first.")
    if not found.iv_out:
        yield Unmet("The IV is still in.", firm=True)
    if not found.instructions_given:
        yield Unmet("Written instructions have not been given.")
    yield from _pressure(infusion, settings, rows)
    yield from (Unmet(sentence) for sentence in vitals.unanswered(infusion, rows, settings))


def _pressure(infusion: Infusion, settings: ProtocolValues, rows: Iterable[VitalSigns]) -> Iterator[Unmet]:
    """After a blood pressure at the notify line, the last two readings have to be below it (J2)."""
    kept = [row for row in vitals.live(rows) if row.systolic is not None]
    after = [row for row in kept if vitals.phase_of(infusion, row.observed_at) is not Phase.BEFORE]
    if any(_is_high(row, settings) for row in after) and any(_is_high(row, settings) for row in kept[-2:]):
        line = f"{settings.bp_notify_systolic}/{settings.bp_notify_diastolic}"
        last = kept[-1]
        yield Unmet(
            f"Blood pressure was {last.systolic}/{last.diastolic}: two readings below {line} in a row are needed."
        )


def _is_high(row: VitalSigns, settings: ProtocolValues) -> bool:
    if row.systolic is None or row.diastolic is None:
        return False
    return row.systolic >= settings.bp_notify_systolic or row.diastolic >= settings.bp_notify_diastolic


def _check(found: Findings, released_reason: str, farewell: Farewell | None) -> None:
    problems = _farewell_problems(farewell) if farewell else {}
    if found.scale not in Scale.values:
        problems["scale"] = "Choose the scale that was used."
    if found.way_home not in WayHome.values:
        problems["way_home"] = "Choose how the patient gets home."
    elif found.way_home == WayHome.ESCORT and not found.escort_name and released_reason.strip():
        problems["way_home"] = "Nobody is named who drives. Choose how the patient gets home."
    if not 0 <= found.aldrete <= 10:
        problems["aldrete"] = "The score is between 0 and 10."
    if len(found.escort_name) > 120:
        problems["escort_name"] = "Write the name in 120 characters or fewer."
    if len(found.escort_relation) > 60:
        problems["escort_relation"] = "Write the relation in 60 characters or fewer."
    if len(released_reason) > 300:
        problems["released_reason"] = "Write the reason in 300 characters or fewer."
    if problems:
        raise Invalid(problems)


def _farewell_problems(farewell: Farewell) -> dict[str, str]:
    problems = {}
    if not farewell.explained.strip():
        problems["explained"] = "Write which risks were explained and what was offered."
    if bool(farewell.signed_name.strip()) == bool(farewell.refusal.strip()):
        problems["signed_name"] = "Write the patient’s name, or what they said instead of signing: one of the two."
    if farewell.strokes is not None:
        signatures.checked(farewell.strokes)
    return problems
