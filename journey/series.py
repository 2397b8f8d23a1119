"""Booking a whole treatment: infusions, the sessions that hold them, and what is said about both, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from django.db import transaction
from django.urls import reverse

from clinic import settings_versions
from clinic.errors import Invalid
from clinic.models import Room, Site, User
from clinic.policy import Action, Role, require
from infusions import booster_tasks, relapse
from infusions import series as infusion_series
from infusions.models import Infusion, Series
from insurance import verification
from insurance.models import SelfPay
from journey import approvals, first_words
from patients.models import Patient
from reminders import followups
from reminders.models import FollowUp
from therapy import sessions
from visits import booking, lengths, places
from visits.models import Appointment
from visits.planner import Proposal, Slot
from visits.rules import Timing


@transaction.atomic
def book_series(
    *, patient: Patient, site: Site, proposal: Proposal, by: User, template: str = "", goals: str = ""
) -> Series:
    """Book every visit of a proposal in one transaction, each holding its room and staff.

    Raises SlotTaken when a place has gone meanwhile (nothing is booked then), Refused when the patient is not
    eligible, NotPermitted.
    """
    require(by, Action.BOOK, at=site)
    made = infusion_series.open_loading(
        patient=patient, site=site, planned_count=len(proposal.infusions), template=template, goals=goals, by=by
    )
    booster_tasks.give_way(made, by=by)
    slots = [*proposal.infusions, proposal.preparation, proposal.midpoint, proposal.integration]
    first = booking.is_first_ever(patient)
    booked = booking.book_all(
        patient=patient,
        site=site,
        wanted=[_wanted(proposal, slot, first_ever=first and place == 0) for place, slot in enumerate(slots)],
        by=by,
    )
    count = len(proposal.infusions)
    infusion_series.add_infusions(series=made, appointments=booked[:count], first=1, by=by)
    for slot, appointment in zip(slots[count:], booked[count:], strict=True):
        _tie(made, slot, appointment, by)
    first_words.tell(made, booked)
    _ask_for_estimate(made, booked[0], by)
    approvals.ask_for_units(made)
    return made


def _wanted(proposal: Proposal, slot: Slot, *, first_ever: bool) -> places.Wanted:
    wanted = places.Wanted(slot.kind, slot.starts_at, slot.room, slot.staff, first_ever=first_ever)
    if slot.kind not in Appointment.INFUSIONS:
        return wanted
    return replace(wanted, minutes=proposal.drug, recovery=proposal.recovery)


@transaction.atomic
def book_booster(
    *, series: Series, starts_at: datetime, by: User, room: Room | None = None, nurse: User | None = None
) -> Infusion:
    """Book the next booster after a series, opening its maintenance when it is the first."""
    require(by, Action.BOOK, at=series.site)
    if series.kind == Series.Kind.LOADING:
        maintenance = Series.objects.filter(follows=series).first() or infusion_series.open_maintenance(
            follows=series, by=by
        )
    else:
        maintenance = series
    if maintenance.state not in {Series.State.PLANNED, Series.State.ACTIVE}:
        raise Invalid("This patient’s maintenance has ended. Open a new series first.")
    usual = lengths.usual(series.patient, Timing.of(settings_versions.current(series.site)))
    appointment = booking.book(
        patient=series.patient,
        site=series.site,
        kind=Appointment.Kind.BOOSTER,
        starts_at=starts_at,
        by=by,
        room=room,
        staff=nurse,
        minutes=usual.drug,
        recovery=usual.recovery if usual.reasons else None,
    )
    number = maintenance.infusions.exclude(number__isnull=True).count() + 1
    made = infusion_series.add_infusion(series=maintenance, appointment=appointment, number=number, by=by)
    infusion_series.renumber_after_miss(series=maintenance, by=by)  # it may stand before one that is booked
    _tend_boosters(maintenance, made, by)
    made.refresh_from_db()
    return made


def _tend_boosters(maintenance: Series, made: Infusion, by: User) -> None:
    """The tasks that asked for this booster are done; the payer is asked in time."""
    if maintenance.follows is not None:
        booster_tasks.refresh(maintenance.follows, by=by)
        on = maintenance.site.local(made.appointment.starts_at).date()
        relapse.sooner_booked(maintenance.follows, on, by)


def _tie(series: Series, slot: Slot, appointment: Appointment, by: User) -> None:
    if slot.staff is None:
        raise Invalid("A session needs a therapist.")
    sessions.plan_session(series=series, kind=slot.kind, appointment=appointment, therapist=slot.staff, by=by)


def _ask_for_estimate(series: Series, first: Appointment, by: User) -> None:
    """A self-paying patient gets a good-faith estimate by the legal day (45 CFR 149.610)."""
    site = series.site
    due = verification.expect_estimate(
        patient_id=series.patient_id, service_on=site.local(first.starts_at).date(), by=by
    )
    if due is None:
        return
    followups.open_task(
        kind="estimate_due",
        site=site,
        patient=series.patient,
        title=f"Give {series.patient.name} the cost estimate",
        subject_kind="series",
        subject_id=series.pk,
        owner_role=Role.INSURANCE_ADMIN,
        due_at=site.moment(due, time(17)),
        link=reverse("insurance:costs", args=[series.patient_id]),
    )


def close_estimate_task(agreed: SelfPay, by: User) -> None:
    """The estimate is in the patient's hands: the task that asked for it closes itself."""
    waiting = FollowUp.objects.filter(patient=agreed.patient, kind="estimate_due", state=FollowUp.State.OPEN)
    for subject_kind, subject_id in list(waiting.values_list("subject_kind", "subject_id")):
        followups.close_for(
            subject_kind=subject_kind,
            subject_id=subject_id,
            kind="estimate_due",
            outcome="The estimate was given.",
            by=by,
        )
