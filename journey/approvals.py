"""What a booked series lacks of the payer's leave, as a task of the insurance desk that ends itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Series
from insurance.models import Authorization
from insurance.outlook import Outlook, Shortage
from insurance.rules import extend_before, is_business_day
from reminders import followups
from visits.models import Appointment

KIND = "authorization_short"


def ask_for_units(series: Series) -> None:
    """Have the insurance desk ask for more before the units run out, or before the first day they leave out."""
    days = _days(series)
    outlook = Outlook.of(series.patient, without=days)
    lacking = outlook.shortage(days)
    if not lacking:
        followups.close_for(
            subject_kind="series", subject_id=series.pk, kind=KIND, outcome="The authorization covers the series."
        )
        return
    number = min(extend_before(outlook.left()), *lacking.short, *lacking.outside)
    followups.open_task(
        kind=KIND,
        site=series.site,
        patient=series.patient,
        title=_title(lacking, series),
        subject_kind="series",
        subject_id=series.pk,
        owner_role=Role.INSURANCE_ADMIN,
        due_at=max(_evening_before(series.site, days[number - 1]), clock.now()),
        link=reverse("insurance:patient", args=[series.patient_id]),
    )


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
    before = day - timedelta(days=1)
    while not is_business_day(before):
        before -= timedelta(days=1)
    return site.moment(before, time(17))


def follow_authorization(changed: Authorization, by: User) -> None:
    """An authorization came or went: the tasks of the patient's open series follow."""
    open_states = (Series.State.PLANNED, Series.State.ACTIVE)
    found = Series.objects.filter(patient_id=changed.coverage.patient_id, state__in=open_states)
    for series in found.select_related("patient", "site"):
        ask_for_units(series)
