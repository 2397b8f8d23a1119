"""Two phones of one patient, and the desk, at the very same moment: one thing happens, and everybody is told which."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from clinic import clock
from clinic.errors import IllegalTransition
from clinic.policy import Role
from patients import links
from patients.links import Told
from patients.models import PatientLink
from reminders.models import FollowUp, Message
from tests import build
from visits import booking, changes, patient_answers, patient_times
from visits.models import Appointment, Hold, StatusEvent

pytestmark = pytest.mark.django_db(transaction=True)


def together(now, *acts):
    """What each answered, or the refusal it was told; anything else breaks the test."""
    start = Barrier(len(acts))

    def run(act):
        try:
            with clock.at(now):
                start.wait()
                return act()
        except (Told, IllegalTransition) as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_phones_and_the_desk_call_one_visit_off_once_or_find_it_moved():
    site = build.site(rooms=1)
    build.user(Role.NURSE, at=site)
    desk, patient = build.user(Role.FRONT_DESK, at=site), build.patient(site)
    with clock.at(now := build.moment(site, "2027-01-20")):
        starts_at = build.moment(site, "2027-02-02")
        visit = booking.book(patient=patient, site=site, kind="infusion", starts_at=starts_at, by=desk)
        links.make(patient_id=patient.pk, purpose="visits", by=None)
        link = PatientLink.objects.select_related("patient__site").get()
        hour = patient_times.offered(visit)[-1].starts[0]

    def cancel():
        return patient_answers.cancel(link=link, appointment_id=visit.pk)

    together(
        now,
        cancel,
        cancel,
        lambda: patient_answers.move(link=link, appointment_id=visit.pk, starts_at=hour, seen=starts_at),
        lambda: changes.cancel(appointment_id=visit.pk, party="clinic", reason="Closed", by=desk),
    )
    assert Appointment.objects.get(pk=visit.pk).status == "cancelled"
    assert StatusEvent.objects.filter(appointment=visit, after="cancelled").count() == 1
    assert not Hold.objects.filter(appointment=visit, active=True).exists()
    assert not Message.objects.filter(patient=patient, kind__startswith="appointment_", state="planned").exists()
    assert FollowUp.objects.filter(kind="patient_cancelled").count() <= 1
