"""What must not be forgotten about boosters: to book the next one, and to ask who pays for it. Kept as things stand.

Called twice it changes nothing. Protocol 7.2 (booster due, T-14 d) and J6 (benefits 10 days before).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import clock
from clinic.models import User
from clinic.policy import Role
from infusions import booster_words, boosters
from infusions.models import BoosterPlan, Infusion, Series
from insurance.models import Verification
from reminders import followups
from reminders.models import FollowUp
from visits import clashes

DUE, VERIFY = "booster_due", "booster_verify"
SLOT, INTERVAL, EVALUATE = "relapse_slot", "relapse_interval", "relapse_evaluation"
"""What a relapse asks for about boosters (infusions.relapse): nothing, once their plan has ended."""
BOOK_DAYS, VERIFY_DAYS = 14, 10
MORNING = time(9)
MOVED, BOOKED, ENDED, OFF = (
    "The day has changed.", "A booster is booked.", "No booster is planned any more.", "The visit is not to be.",
)  # fmt: skip
ANSWERED = "The payer was asked."
BY_ITSELF = frozenset({MOVED, BOOKED, ENDED, OFF})


def refresh(loading: Series, *, by: User | None = None) -> None:
    """Ask for the next booster to be booked while none is, and for the payer of each that is."""
    booked = boosters.booked(loading)
    due = boosters.next_due(loading)
    booster_words.keep(loading, None if booked else due)
    if due is None or booked:
        outcome = BOOKED if booked else ENDED
        followups.close_for(subject_kind="series", subject_id=loading.pk, kind=DUE, outcome=outcome, by=by)
    else:
        _ask_to_book(loading, due, by)
    for each in booked:
        _ask_who_pays(each, by)
    for kind in (SLOT, INTERVAL, EVALUATE) if boosters.current(loading) is None else ():
        followups.close_for(subject_kind="series", subject_id=loading.pk, kind=kind, outcome=ENDED, by=by)


def _ask_to_book(loading: Series, due: date, by: User | None) -> None:
    site = loading.site
    _keep(
        ("series", loading.pk),
        kind=DUE,
        series=loading,
        title=f"Book the booster of {loading.patient.name}, due {clashes.day(site, site.moment(due, MORNING))}",
        owner_role=Role.FRONT_DESK,
        due_at=site.moment(due - timedelta(days=BOOK_DAYS), MORNING),
        link=reverse("journey:booster", args=[loading.pk]),
        by=by,
    )


def _ask_who_pays(booster: Infusion, by: User | None) -> None:
    series = booster.series
    local = series.site.local(booster.appointment.starts_at)
    _keep(
        ("appointment", booster.appointment_id),
        kind=VERIFY,
        series=series,
        title=f"Check who pays for the booster of {series.patient.name} on {clashes.day(series.site, local)}",
        owner_role=Role.INSURANCE_ADMIN,
        due_at=series.site.moment(local.date() - timedelta(days=VERIFY_DAYS), MORNING),
        link=reverse("insurance:patient", args=[series.patient_id]),
        by=by,
    )


def _keep(
    subject: tuple[str, UUID],
    *,
    kind: str,
    series: Series,
    title: str,
    owner_role: Role,
    due_at: datetime,
    link: str,
    by: User | None,
) -> None:
    """One open task of the kind for the subject, with this day in its title; what a person ended isn't asked again."""
    subject_kind, subject_id = subject
    rows = FollowUp.objects.filter(kind=kind, subject_kind=subject_kind, subject_id=subject_id, title=title[:160])
    if rows.exclude(outcome__in=BY_ITSELF).exists():
        return
    followups.close_for(subject_kind=subject_kind, subject_id=subject_id, kind=kind, outcome=MOVED, by=by)
    followups.open_task(
        kind=kind,
        site=series.site,
        patient=series.patient,
        title=title,
        subject_kind=subject_kind,
        subject_id=subject_id,
        owner_role=owner_role,
        due_at=max(due_at, clock.now()),
        link=link,
    )


def give_way(series: Series, *, by: User) -> None:
    """Another loading series was opened: nothing is asked about boosters after the ones before it."""
    before = Series.objects.filter(
        patient=series.patient, kind=Series.Kind.LOADING, opened_at__lt=series.opened_at
    ).select_related("site", "patient")
    for each in before:
        refresh(each, by=by)


def follow_plan(signed: BoosterPlan) -> None:
    """A plan was signed: the next booster is due on another day."""
    refresh(signed.series, by=signed.signed_by)


def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """A booster was called off, missed, moved, or brought back."""
    infusion = (
        Infusion.objects.filter(appointment=appointment_id, series__kind=Series.Kind.MAINTENANCE)
        .select_related("series__follows__site", "series__follows__patient", "appointment")
        .first()
    )
    if infusion is None or infusion.series.follows is None:
        return
    if not infusion.appointment.is_alive:
        followups.close_for(subject_kind="appointment", subject_id=appointment_id, kind=VERIFY, outcome=OFF, by=by)
    refresh(infusion.series.follows, by=by)


def follow_answer(check: Verification, by: User) -> None:
    """The payer answered: the boosters of the days ahead whose benefits were to be asked about need no task."""
    if check.leg != Verification.Leg.MEDICAL or check.state not in Verification.CHECKED:
        return
    asked = FollowUp.objects.filter(
        patient=check.patient, kind=VERIFY, state=FollowUp.State.OPEN, due_at__lte=clock.now()
    )
    for subject_id in list(asked.values_list("subject_id", flat=True)):
        followups.close_for(subject_kind="appointment", subject_id=subject_id, kind=VERIFY, outcome=ANSWERED, by=by)


def after_discharge(infusion: Infusion, by: User) -> None:
    """A booster was given: the next one is due from this day on, and no sooner one is looked for."""
    series = Series.objects.select_related("follows__site", "follows__patient").get(pk=infusion.series_id)
    if series.follows is not None:
        outcome, of = "A booster was given.", series.follows.pk
        followups.close_for(subject_kind="series", subject_id=of, kind=SLOT, outcome=outcome, by=by)
        refresh(series.follows, by=by)
