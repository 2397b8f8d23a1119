"""What a booked series lacks of the payer's leave, as a task of the insurance desk that ends itself."""

from __future__ import annotations

from datetime import date, datetime, time

from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from infusions import of_visit, series_tasks
from infusions.models import Series
from infusions.series import RUNNING
from insurance import authorizations
from insurance.models import Authorization
from insurance.outlook import Outlook, Shortage
from insurance.rules import business_day_before, extend_before
from reminders.models import FollowUp
from visits.followers import Change
from visits.models import Appointment

KIND = "authorization_short"
COVERED = "The authorization covers the series."


def ask_for_units(series: Series) -> None:
    """Have the insurance desk ask for more before the units run out, or before the first day they leave out."""
    days = _days(series)
    outlook = Outlook.of(series.patient, without=days)
    lacking = outlook.shortage(days)
    if not lacking:
        series_tasks.end(series, [KIND], COVERED)
        return
    title = _title(lacking, series)
    _end_other(series, title)
    number = min(extend_before(outlook.left()), *lacking.short, *lacking.outside)
    series_tasks.ask(
        series,
        KIND,
        title,
        due_at=max(_evening_before(series.site, days[number - 1]), clock.now()),
        link=reverse("insurance:patient", args=[series.patient_id]),
    )


def warnings(series: Series, days: list[date]) -> list[tuple[str, str]]:
    """What the payer's papers lack for infusions on these days of a series, to be read before they are booked."""
    found = Outlook.of(series.patient, without=_days(series)).reasons(days)
    return [(tone, sentence) for tone, sentence in found if tone == "warn"]


def _end_other(series: Series, title: str) -> None:
    """A task that asks for another number of units gives way to the new one."""
    rows = FollowUp.objects.filter(subject_kind="series", subject_id=series.pk, kind=KIND, state=FollowUp.State.OPEN)
    if rows.exclude(title=title).exists():
        series_tasks.end(series, [KIND], "The days of the series have changed.")


def _days(series: Series) -> list[date]:
    """The days of a series in the order of its numbers, those that are booked or were given."""
    counted = (*Appointment.ALIVE, Appointment.Status.DONE)
    rows = series.infusions.filter(number__isnull=False, appointment__status__in=counted)
    starts = rows.order_by("number").values_list("appointment__starts_at", flat=True)
    return [series.site.local(start).date() for start in starts]


def _title(lacking: Shortage, series: Series) -> str:
    name = series.patient.name
    if lacking.short:
        count = len(lacking.short)
        return f"Authorization {count} unit{'s' if count > 1 else ''} short: ask the payer for {name}"
    return f"Authorization leaves out infusion {lacking.outside[0]}: ask the payer for {name}"


def _evening_before(site: Site, day: date) -> datetime:
    """The end of the last business day before."""
    return site.moment(business_day_before(day), time(17))


def follow_authorization(changed: Authorization, by: User) -> None:
    """An authorization came or went: the tasks of the patient's open series follow."""
    running = Series.objects.filter(patient_id=changed.coverage.patient_id, state__in=RUNNING)
    for series in running.select_related("patient", "site"):
        ask_for_units(series)


def follow_visit(change: Change) -> None:
    """An infusion was moved, called off, missed or brought back: its series may need other units, or other dates."""
    place = of_visit.place(change)
    if place and place.series.state in RUNNING:
        if change.once(is_approved):
            ask_for_units(place.series)
        else:
            series_tasks.end(place.series, [KIND], COVERED)


def is_approved(change: Change) -> bool:
    """Whether any authorization of the patient is on file."""
    return authorizations.of_patients([change.visit.patient_id]).exists()
