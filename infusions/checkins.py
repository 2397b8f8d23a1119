"""The evening of an infusion and the day after: what is sent, what is asked, and who calls when nobody answers.

A word in the evening, at 24 hours mood, side effects, sleep, bladder and the question about suicide, at 30 hours
without an answer a nurse's call (protocol 7.2; S-Northrup). An answer that speaks of suicide calls for somebody at
once, whether or not the other questions are answered; it is a part of the same machinery as the questionnaires'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, Role, require
from infusions.checkin_rules import ASKED, calls_for_a_look, problems, speaks_of_suicide
from infusions.models import CheckIn, Infusion
from patients import alerts
from patients.links import Told
from patients.models import Patient, PatientLink
from patients.rows import locked_patient
from reminders import followups, ledger, rules
from reminders.models import FollowUp

State = CheckIn.State
SUBJECT = "checkin"
CALL, READ = "checkin_call", "checkin_read"
EVENING, NEXT_DAY = "evening_note", "checkin_24h"
EVENING_AT, EVENING_UNTIL = time(18), rules.QUIET_FROM
AFTER_LEAVING = timedelta(hours=1)
OPEN_FOR = timedelta(days=4)
CALL_WITHIN, READ_WITHIN = timedelta(hours=2), timedelta(hours=4)
AT_ONCE = 200


@transaction.atomic
def plan(infusion: Infusion, *, left_at: datetime) -> CheckIn | None:
    """Called at each discharge of an infusion that was given: twice is once. A word tonight, questions tomorrow."""
    ended = infusion.ended_at
    if ended is None:
        return None
    site = infusion.appointment.site
    settings = settings_versions.current(site)
    due = ended + timedelta(hours=settings.checkin_after_hours)
    times = {
        "due_at": due,
        "silent_at": ended + timedelta(hours=settings.checkin_call_hours),
        "closes_at": max(due, ended + timedelta(hours=settings.checkin_call_hours)) + OPEN_FOR,
    }
    checkin, made = CheckIn.objects.get_or_create(infusion=infusion, defaults=times)
    if made:
        _say(checkin, NEXT_DAY, due, checkin.silent_at)
        day = site.local(left_at).date()
        tonight = max(site.moment(day, EVENING_AT), left_at + AFTER_LEAVING)
        if tonight < (until := site.moment(day, EVENING_UNTIL)):
            _say(checkin, EVENING, tonight, until)
    return checkin


def _say(checkin: CheckIn, kind: str, due_at: datetime, expires_at: datetime) -> None:
    infusion = checkin.infusion
    ledger.plan(
        kind=kind,
        patient=infusion.series.patient,
        site=infusion.appointment.site,
        subject_kind=SUBJECT,
        subject_id=checkin.pk,
        occurrence=kind,
        due_at=due_at,
        expires_at=expires_at,
        values={},
    )


def whole() -> QuerySet[CheckIn]:
    return CheckIn.objects.select_related(
        "infusion__series__patient__site", "infusion__appointment__site", "answered_by", "alert"
    )


def of_patient(patient: Patient) -> QuerySet[CheckIn]:
    """What was asked of this patient, the newest first."""
    return whole().filter(infusion__series__patient=patient)


def told(patient: Patient) -> QuerySet[CheckIn]:
    """What was answered, and what should have been by now."""
    return of_patient(patient).filter(Q(state=State.ANSWERED) | Q(silent_at__lte=clock.now()))


def asked(patient: Patient) -> CheckIn | None:
    """What the patient's page asks now, from the day it is due; else what was answered within the last day."""
    now, site = clock.now(), patient.site
    tonight = site.day_bounds(site.today())[1]
    rows = of_patient(patient)
    waiting = rows.filter(state=State.OPEN, due_at__lt=tonight, closes_at__gt=now).order_by("-due_at").first()
    return waiting or rows.filter(state=State.ANSWERED, answered_at__gte=now - timedelta(days=1)).first()


def tonight(patient: Patient) -> CheckIn | None:
    """The infusion of today or yesterday, whose evening it is: what to heed until tomorrow."""
    now = clock.now()
    return of_patient(patient).filter(due_at__gt=now, infusion__ended_at__lte=now).first()


# Answering


@dataclass(frozen=True)
class Outcome:
    checkin: CheckIn
    is_crisis: bool
    """Whether this very answer calls for help: the page with 988 comes before anything else."""
    missing: Mapping[str, str]
    """What is not answered yet, by field."""


@transaction.atomic
def answer(*, link: PatientLink, checkin_id: UUID, typed: Mapping[str, Any], language: str) -> Outcome:
    """What the patient answered by link. What is there is kept, also where something is missing.

    A second press changes nothing, but for one thing: thoughts of suicide that were not told before are never lost.
    Raises NotFound, Told once it is no longer asked, Invalid.
    """
    checkin = _locked(checkin_id, link.patient_id)
    if checkin.state == State.OPEN and clock.now() >= checkin.closes_at:
        raise Told(_("These questions are over. If something worries you, please call us."))
    before = checkin.thoughts
    _take(checkin, typed if checkin.state == State.OPEN else _raised(checkin, typed))
    missing = problems(_values(checkin))
    if checkin.state == State.OPEN:
        checkin.language = language
        if not missing:
            checkin.link = link
            _finish(checkin)
    is_crisis = speaks_of_suicide(checkin.thoughts) and (checkin.thoughts or 0) > (before or 0)
    if is_crisis:
        patient = checkin.infusion.series.patient
        checkin.alert = alerts.open_early(patient, is_high=checkin.thoughts == CheckIn.Thoughts.PLAN)
    _save(checkin)
    return Outcome(checkin, is_crisis, missing)


@transaction.atomic
def record_call(*, checkin_id: UUID, typed: Mapping[str, Any], by: User) -> CheckIn:
    """What a nurse heard on the phone: the same questions. Raises NotFound, NotPermitted, Refused, Invalid."""
    found = CheckIn.objects.filter(pk=checkin_id).values_list("infusion__series__patient", flat=True).first()
    if found is None:
        raise NotFound
    checkin = _locked(checkin_id, found)
    site = checkin.infusion.appointment.site
    if site.pk not in by.site_ids:
        raise NotFound
    require(by, Action.RECORD_MEASURE, at=site)
    if checkin.state != State.OPEN:
        raise Refused(f"This is {checkin.get_state_display().lower()} already. Look at what was answered.")
    _take(checkin, typed)
    if missing := problems(_values(checkin)):
        raise Invalid(dict(missing))
    checkin.answered_by = by
    if speaks_of_suicide(checkin.thoughts):
        patient = checkin.infusion.series.patient
        checkin.alert = alerts.open_early(patient, is_high=checkin.thoughts == CheckIn.Thoughts.PLAN)
    _finish(checkin, by)
    _save(checkin)
    return checkin


def _locked(checkin_id: UUID, patient_id: UUID) -> CheckIn:
    patient = locked_patient(patient_id)
    with_its_infusion = CheckIn.objects.select_related("infusion__series", "infusion__appointment__site")
    rows = with_its_infusion.select_for_update(of=("self",))
    checkin = rows.filter(pk=checkin_id, infusion__series__patient=patient).first()
    if checkin is None:
        raise NotFound
    checkin.infusion.series.patient = patient
    return checkin


def _values(checkin: CheckIn) -> dict[str, Any]:
    return {name: getattr(checkin, name) for name in (*ASKED, "effects_words")}


def _take(checkin: CheckIn, typed: Mapping[str, Any]) -> None:
    for name, value in typed.items():
        if value is not None:
            setattr(checkin, name, value)
    if checkin.effects == [] and checkin.bother is None:
        checkin.bother = CheckIn.Bother.NONE  # nothing was felt, so nothing bothers


def _raised(checkin: CheckIn, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Of a second answer only graver thoughts count."""
    told = typed.get("thoughts")
    return {"thoughts": told} if told is not None and told > (checkin.thoughts or 0) else {}


def _finish(checkin: CheckIn, by: User | None = None) -> None:
    """Everything is answered: nobody need call, and a nurse reads what is not as it should be."""
    checkin.state, checkin.answered_at = State.ANSWERED, clock.now()
    ledger.void(subject_kind=SUBJECT, subject_id=checkin.pk, why="It was answered.", kinds=(NEXT_DAY,))
    followups.close_for(subject_kind=SUBJECT, subject_id=checkin.pk, kind=CALL, outcome="It was answered.", by=by)
    if by is None and calls_for_a_look(_values(checkin)):
        _open(checkin, READ, "Read how {name} is a day after the infusion", clock.now() + READ_WITHIN)


def _save(checkin: CheckIn) -> None:
    checkin.version += 1
    checkin.save()


def _open(checkin: CheckIn, kind: str, title: str, due_at: datetime) -> None:
    patient, site = checkin.infusion.series.patient, checkin.infusion.appointment.site
    local = site.local(due_at)
    followups.open_task(
        kind=kind,
        site=site,
        patient=patient,
        title=title.format(name=patient.name),
        subject_kind=SUBJECT,
        subject_id=checkin.pk,
        owner_role=Role.NURSE,
        due_at=rules.end_of_quiet(local) if rules.is_quiet(local) else due_at,
        link=reverse("infusions:checkin", args=[checkin.pk]),
    )


def open_call(checkin: CheckIn) -> FollowUp | None:
    """The task of the nurse who is to call."""
    return FollowUp.objects.filter(
        kind=CALL, subject_kind=SUBJECT, subject_id=checkin.pk, state=FollowUp.State.OPEN
    ).first()


def look() -> int:
    """The tick: whoever is silent is called by a nurse, once. Answers how many are to be called."""
    now = clock.now()
    silent = whole().filter(
        state=State.OPEN,
        silent_at__lte=now,
        closes_at__gt=now,
        infusion__series__patient__deceased_on=None,
    )
    called = FollowUp.objects.filter(kind=CALL, subject_kind=SUBJECT, subject_id=OuterRef("pk"))
    with transaction.atomic():
        found = list(silent.filter(~Exists(called)).select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for checkin in found:
            _open(checkin, CALL, "Call {name}: no word a day after the infusion", now + CALL_WITHIN)
    return len(found)
