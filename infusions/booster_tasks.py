"""What must not be forgotten about boosters: to book the next one, and to ask who pays for it. Kept as things stand.

Called twice it changes nothing. Protocol 7.2 (booster due, T-14 d) and J6 (benefits 10 days before).
"""

from __future__ import annotations

from datetime import date, time, timedelta

from django.urls import reverse

from clinic import clock
from clinic.models import User
from infusions import booster_words, boosters, of_visit, series_tasks
from infusions.models import BoosterPlan, Infusion, Series
from insurance.models import Verification
from reminders import followups
from reminders.followups import Key
from reminders.models import FollowUp
from visits import clashes
from visits.followers import Change

DUE, VERIFY = "booster_due", "booster_verify"
SLOT, INTERVAL, EVALUATE = "relapse_slot", "relapse_interval", "relapse_evaluation"
"""What a relapse asks for about boosters (infusions.relapse): nothing, once their plan has ended."""
BOOK_DAYS, VERIFY_DAYS = 14, 10
MORNING = time(9)
BOOKED, ENDED = "A booster is booked.", "No booster is planned any more."
OFF, ANSWERED, GIVEN = "The visit is not to be.", "The payer was asked.", "A booster was given."


def refresh(loading: Series, *, by: User | None = None) -> None:
    """Ask for the next booster to be booked while none is, and for the payer of each that is."""
    booked = boosters.booked(loading)
    due = boosters.next_due(loading)
    booster_words.keep(loading, None if booked else due)
    if due is not None and not booked:
        _ask_to_book(loading, due, by)
    else:
        series_tasks.end(loading, [DUE], BOOKED if booked else ENDED, by)
    for each in booked:
        _ask_who_pays(each, by)
    if boosters.current(loading) is None:
        series_tasks.end(loading, (SLOT, INTERVAL, EVALUATE), ENDED, by)


def _ask_to_book(loading: Series, due: date, by: User | None) -> None:
    site = loading.site
    followups.keep(
        Key(DUE, "series", loading.pk, due.isoformat()),
        True,
        site=site,
        patient=loading.patient,
        title=f"Book the booster of {loading.patient.name}, due {clashes.day(site, site.moment(due, MORNING))}",
        due_at=max(site.moment(due - timedelta(days=BOOK_DAYS), MORNING), clock.now()),
        link=reverse("journey:booster", args=[loading.pk]),
        by=by,
    )


def _ask_who_pays(booster: Infusion, by: User | None) -> None:
    """Until the payer has answered for this day; for another day it is asked again."""
    series = booster.series
    site = series.site
    local = site.local(booster.appointment.starts_at)
    key = Key(VERIFY, "appointment", booster.appointment_id, local.date().isoformat())
    followups.keep(
        key,
        not FollowUp.objects.filter(**key._asdict(), outcome=ANSWERED).exists(),
        site=site,
        patient=series.patient,
        title=f"Check who pays for the booster of {series.patient.name} on {clashes.day(site, local)}",
        due_at=max(site.moment(local.date() - timedelta(days=VERIFY_DAYS), MORNING), clock.now()),
        link=reverse("insurance:patient", args=[series.patient_id]),
        by=by,
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


def follow_visit(change: Change) -> None:
    """A booster was called off, missed, moved, or brought back."""
    place, visit, by = of_visit.place(change), change.visit, change.by
    loading = place.series.follows if place else None
    if place is None or loading is None:
        return
    loading.site, loading.patient = place.series.site, place.series.patient
    if not visit.is_alive:
        followups.close_for(subject_kind="appointment", subject_id=visit.pk, kind=VERIFY, outcome=OFF, by=by)
    refresh(loading, by=by)


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
    visit_id = infusion.appointment_id
    followups.close_for(subject_kind="appointment", subject_id=visit_id, kind=VERIFY, outcome=GIVEN, by=by)
    if series.follows is not None:
        series_tasks.end(series.follows, [SLOT], GIVEN, by)
        refresh(series.follows, by=by)
