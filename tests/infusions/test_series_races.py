"""Two at one series at the same moment: both are done, one after the other, and neither waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from clinic import clock
from clinic.models import User
from infusions import relapse
from infusions import series as series_verbs
from infusions.models import RelapseState, Series
from infusions.series import catch_up
from patients.models import Patient
from tests import build
from tests.infusions import making
from therapy.models import TherapySession
from visits import changes
from visits.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 0.2


def at_once(moment: datetime, *every: Callable[[], None]) -> None:
    def in_a_thread(do: Callable[[], None]) -> None:
        with clock.at(moment):
            try:
                do()
            finally:
                connection.close()

    with ThreadPoolExecutor(len(every)) as pool:
        for done in [pool.submit(in_a_thread, one) for one in every]:
            done.result(timeout=20)


def test_a_score_and_a_request_at_once(patient: Patient, provider: User, nurse: User) -> None:
    ended = build.moment(patient.site, "2027-02-20")
    series = making.loading(patient, provider, state="completed", ended_at=ended)
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    begun, asked = Event(), Event()

    def score() -> None:
        with transaction.atomic():
            RelapseState.objects.create(
                patient=patient, series=series, state="watch", cause="patient", sentence="Low", observed_at=clock.now()
            )
            Patient.objects.select_for_update().get(pk=patient.pk)
            begun.set()
            asked.wait(SOON)  # the request holds the series by then, and waits for the patient

    def ask() -> None:
        begun.wait(5)
        relapse.request(series_id=series.pk, who="patient", words="Low again", by=nurse)

    at_once(ended + timedelta(days=7), score, ask)
    assert RelapseState.objects.filter(series=series).count() == 2


def test_a_visit_is_changed_while_its_series_is_stopped(patient: Patient, provider: User) -> None:
    visit = making.infusion(making.loading(patient, provider, state="active"), 1, "2027-02-02").appointment
    series = visit.infusion.series
    begun, stopping = Event(), Event()

    def change() -> None:
        with transaction.atomic():
            changes.locked(visit.pk)
            begun.set()
            stopping.wait(SOON)
            catch_up(appointment_id=visit.pk, by=provider)  # which locks the series

    def stop() -> None:
        begun.wait(5)
        series_verbs.stop(series_id=series.pk, reason="Side effects", by=provider)

    at_once(build.moment(patient.site, "2027-01-28"), change, stop)
    visit.refresh_from_db()
    assert (visit.status, Series.objects.get(pk=series.pk).state) == ("cancelled", "stopped")


def test_two_visits_of_a_series_are_called_off_at_once(patient: Patient, provider: User) -> None:
    """Each holds its own infusion, and asks for the other's to number what remains: the series comes before both."""
    series = making.loading(patient, provider, state="active")
    visits = [making.infusion(series, number, f"2027-02-0{number * 2}").appointment for number in (1, 2)]
    met = Barrier(2)

    def call_off(visit: Appointment) -> None:
        with transaction.atomic():
            changes.locked(visit.pk)
            met.wait(5)
            changes.cancel(appointment_id=visit.pk, party="patient", reason="Flu", by=provider)

    at_once(build.moment(patient.site, "2027-01-28"), *(partial(call_off, visit) for visit in visits))
    assert set(series.infusions.values_list("state", "number")) == {("cancelled", None)}


def test_a_session_is_changed_while_its_series_is_stopped(patient: Patient, provider: User, therapist: User) -> None:
    """The stop calls the session off: its visit too is locked before the series."""
    series = making.loading(patient, provider, state="active")
    starts = build.moment(patient.site, "2027-02-03")
    visit = Appointment.objects.create(
        patient=patient, site=patient.site, kind="preparation", starts_at=starts, ends_at=starts + timedelta(hours=1),
        booked_by=provider,
    )  # fmt: skip
    TherapySession.objects.create(
        patient=patient, series=series, kind="preparation", appointment=visit, therapist=therapist
    )
    begun, stopping = Event(), Event()

    def change() -> None:
        with transaction.atomic():
            changes.locked(visit.pk)
            begun.set()
            stopping.wait(SOON)
            series_verbs.locked(series.pk)

    def stop() -> None:
        begun.wait(5)
        series_verbs.stop(series_id=series.pk, reason="Side effects", by=provider)

    at_once(build.moment(patient.site, "2027-01-28"), change, stop)
    visit.refresh_from_db()
    assert (visit.status, Series.objects.get(pk=series.pk).state) == ("cancelled", "stopped")
