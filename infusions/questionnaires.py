"""Which questionnaires the infusions ask for, and when: before each one, after the last, and on the way afterwards.

PHQ-9 before each infusion, 24 to 72 hours after the last, then every 14 and every 28 days (protocol 3.6; Table A,
phq9_cadence_post, which a site may set); the suicide screener at each infusion (protocol 4.2). GAD-7 and what the
diagnosis adds follow the PHQ-9 at the end of a series and at multiples of the longer interval: the PCL-5 asks about a
month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings
from infusions import of_visit
from infusions.models import Infusion, Series
from infusions.rules import MEASURE_VALID, follow_up_days
from patients import measure_plan
from patients.measure_plan import Wanted
from patients.models import MeasureDue, MeasureResponse, Patient
from visits.followers import Change
from visits.models import Appointment

Instrument = MeasureResponse.Instrument
Timepoint = MeasureResponse.Timepoint

AFTER = "infusions"
"""The source of what is asked once the infusions of a series are over."""
POST_FROM, POST_UNTIL = timedelta(hours=24), timedelta(hours=72)
FOLLOW_UP_DAYS = 3  # so many days to answer before it is late (P)
BATCH = 200
MEMORY = timedelta(days=180)  # the plan after an infusion reaches a year: something is left to ask
WAITING = (Infusion.State.SCHEDULED, *Infusion.IN_HOUSE[:3])
GOING_ON = (Series.State.PLANNED, Series.State.ACTIVE, Series.State.SUSPENDED)


def before(infusion: Infusion) -> None:
    """Ask for PHQ-9 and screener in the day before this infusion; for none before one that is called off."""
    before_all(infusion.series, [infusion])


def before_all(series: Series, infusions: Iterable[Infusion]) -> None:
    """The same for several infusions of one series."""
    wanted = {f"infusion:{one.pk}": list(_wanted_before(one)) for one in infusions}
    measure_plan.keep_all(patient=series.patient, wanted=wanted)


def _wanted_before(infusion: Infusion) -> Iterator[Wanted]:
    visit = infusion.appointment
    for each in (Instrument.PHQ9, Instrument.CSSRS) if infusion.state in WAITING and visit.is_alive else ():
        yield Wanted(each, Timepoint.PRE_INFUSION, visit.starts_at - MEASURE_VALID, visit.ends_at, f"before:{each}")


def follow(change: Change) -> None:
    """Called after each cancellation, no-show, move and undo of a visit."""
    place = of_visit.place(change)
    if place is not None and place.infusion.state in (*WAITING, *Infusion.WITHOUT_NUMBER):
        before(place.infusion)


def after(patient: Patient) -> None:
    """Ask for what follows the last infusion that was given, unless a loading series still goes on."""
    measure_plan.keep(patient=patient, source=AFTER, wanted=_wanted_after(patient))


def _wanted_after(patient: Patient) -> list[Wanted]:
    last = (
        Infusion.objects.filter(series__patient=patient, started_at__isnull=False, state__in=Infusion.GIVEN)
        .select_related("series__site")
        .order_by("-started_at")
        .first()
    )
    going_on = Series.objects.filter(patient=patient, kind=Series.Kind.LOADING, state__in=GOING_ON).exists()
    return [] if last is None or going_on else list(_after(last, measure_plan.extras(patient)))


def catch_up() -> int:
    """Plan for those who were booked or treated before anything was planned; answers how many were.

    What was due in the past is not asked for any more.
    """
    now = clock.now()
    planned = MeasureDue.objects.filter(patient=OuterRef("series__patient"))
    of_this = Concat(Value("infusion:"), Cast(OuterRef("pk"), CharField()))
    coming = (
        Infusion.objects.filter(~Exists(planned.filter(source=of_this)), state__in=WAITING)
        .filter(appointment__status__in=Appointment.ALIVE, appointment__starts_at__gt=now)
        .select_related("appointment", "series__patient")
    )
    treated = Patient.objects.filter(
        ~Exists(MeasureDue.objects.filter(patient=OuterRef("pk"), source=AFTER)),
        ~Exists(Series.objects.filter(patient=OuterRef("pk"), kind=Series.Kind.LOADING, state__in=GOING_ON)),
        series__infusions__state__in=Infusion.GIVEN,
        series__infusions__started_at__gt=now - MEMORY,
        deceased_on__isnull=True,
    )
    infusions, patients = list(coming.order_by("appointment__starts_at")[:BATCH]), list(treated.distinct()[:BATCH])
    for infusion in infusions:
        before(infusion)
    for patient in patients:
        wanted = [wish for wish in _wanted_after(patient) if wish.due_until > now]
        measure_plan.keep(patient=patient, source=AFTER, wanted=wanted)
    return len(infusions) + len(patients)


def _after(last: Infusion, extras: tuple[str, ...]) -> Iterator[Wanted]:
    site = last.series.site
    settings = settings_versions.current(site)
    ended = last.ended_at or last.started_at
    assert ended
    if last.series.kind == Series.Kind.LOADING:
        for each in (Instrument.PHQ9, Instrument.GAD7, *extras):
            yield Wanted(
                each, Timepoint.POST_SERIES, ended + POST_FROM, ended + POST_UNTIL, f"after:{last.pk}:post:{each}"
            )
    day = site.local(ended).date()
    for days, asked in _follow_ups(settings, extras):
        due = day + timedelta(days=days)
        for each in asked:
            yield Wanted(
                each,
                Timepoint.FOLLOW_UP,
                _midnight(last, due),
                _midnight(last, due + timedelta(days=FOLLOW_UP_DAYS)),
                f"after:{last.pk}:{days}:{each}",
            )


def _follow_ups(settings: ProtocolSettings, extras: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    every, times, then = (
        settings.measure_first_every_days,
        settings.measure_first_times,
        settings.measure_then_every_days,
    )
    for days in follow_up_days(every, times, then):
        yield days, (Instrument.PHQ9, *((Instrument.GAD7, *extras) if days % then == 0 else ()))


def _midnight(last: Infusion, day: date) -> datetime:
    return last.series.site.moment(day, time(0))
