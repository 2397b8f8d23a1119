"""What a stop does everywhere (J4): visits, messages, units, estimate, therapy, boosters, questionnaires, referral.

Rooms further right say what they would do, and do it in the same transaction (`after_stop`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.urls import reverse

from clinic import clock
from clinic.models import User
from clinic.wording import listed
from infusions import booster_tasks, series_tasks
from infusions import series as series_verbs
from infusions.models import Infusion, ResponseReview, Series
from patients import measure_plan
from patients.models import MeasureResponse
from reminders.models import Message
from visits import clashes

Consequence = tuple[str, str]
"""A meaning (ok, warn, stop, info) and a sentence."""

CHECK_DAYS = (7, 30)
"""After a stop PHQ-9 is asked for on these days (J4)."""
OPEN_DAYS = 3
"""Each may be answered for so many days."""
REFERRAL, REFERRAL_DAYS = "referral_due", 2
_CARE = {"tms": "tms", "tms_ect": "tms", "ect": "ect"}
"""To what care the letter is begun, by what the review says; whoever signs it chooses."""


@dataclass(frozen=True)
class AfterStop:
    """What a room has to do when a series is stopped: told beforehand, then done."""

    foresee: Callable[[Series], list[Consequence]]
    follow: Callable[[Series, User], None]


after_stop: list[AfterStop] = []


def carry_out(signed: ResponseReview, by: User) -> None:
    """Stop what still runs of a series, or of the boosters after it, and write the referral down as a task."""
    series = signed.series
    running = _running(series)
    for each in running:
        series_verbs.stop(series_id=each.pk, reason=signed.rationale.strip()[:300], by=by)
    if not running:  # between the series and its first booster
        ask_for_scores(series)
    series.refresh_from_db()
    booster_tasks.refresh(series.follows or series, by=by)
    if signed.referral:
        _ask_to_refer(signed)


def _running(series: Series) -> list[Series]:
    every = [series, *Series.objects.filter(follows=series)]
    return [each for each in every if each.state in series_verbs.OPEN]


def follow(series: Series, by: User) -> None:
    """A series was stopped: every room does its part, and PHQ-9 is asked for later."""
    for each in after_stop:
        each.follow(series, by)
    ask_for_scores(series)
    if series.follows is not None:
        booster_tasks.refresh(series.follows, by=by)


def foresee(series: Series) -> list[Consequence]:
    """What a stop would do, in sentences, before anybody signs it."""
    found: list[Consequence] = []
    for running in _running(series):
        found += _visits(running)
        for each in after_stop:
            found += each.foresee(running)
    found.append(("info", "No boosters are planned; a plan that stands ends."))
    on = listed([_words(series, day) for day in check_days(series)])
    found.append(("info", f"PHQ-9 is asked for on {on}."))
    return found


def _visits(series: Series) -> list[Consequence]:
    coming = list(
        series.infusions.filter(state=Infusion.State.SCHEDULED)
        .select_related("appointment")
        .order_by("appointment__starts_at")
    )
    if not coming:
        return [("info", "No infusion is booked any more.")]
    site = series.site
    days = listed([f"#{each.number} on {clashes.day(site, each.appointment.starts_at)}" for each in coming])
    visits = [each.appointment_id for each in coming]
    waiting = Message.objects.filter(
        subject_kind="appointment", subject_id__in=visits, state=Message.State.PLANNED
    ).count()
    told = f"{waiting} reminder{'' if waiting == 1 else 's'} about them will not be sent."
    return [("stop", f"Cancelled by the clinic: {days}."), ("info", told)]


def check_days(series: Series) -> list[date]:
    """When PHQ-9 is asked for after a stop today: on the 7th and on the 30th day."""
    return [series.site.today() + timedelta(days=days) for days in CHECK_DAYS]


def _words(series: Series, day: date) -> str:
    return clashes.day(series.site, series.site.moment(day, time(12)))


def ask_for_scores(series: Series) -> None:
    """The PHQ-9 of the 7th and the 30th day after a stop (J4)."""
    measure_plan.keep(
        patient=series.patient,
        source=f"stop:{series.pk}",
        wanted=[
            measure_plan.Wanted(
                instrument=MeasureResponse.Instrument.PHQ9,
                timepoint=MeasureResponse.Timepoint.FOLLOW_UP,
                due_from=series.site.day_bounds(on)[0],
                due_until=series.site.day_bounds(on + timedelta(days=OPEN_DAYS))[0],
                key=f"day-{days}",
            )
            for days, on in zip(CHECK_DAYS, check_days(series), strict=True)
        ],
    )


def _ask_to_refer(signed: ResponseReview) -> None:
    series = signed.series
    series_tasks.ask(
        series,
        REFERRAL,
        f"Refer {{}}: {signed.get_referral_display()}",
        due_at=clock.now() + timedelta(days=REFERRAL_DAYS),
        link=f"{reverse('therapy:referral-new', args=[series.patient_id])}?kind={_CARE.get(signed.referral, 'other')}",
        owner=signed.signed_by,
    )
