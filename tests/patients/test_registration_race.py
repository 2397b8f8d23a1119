"""Two people register one person at the same moment: one record is made, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from clinic.models import User
from patients import inquiries
from patients.models import Inquiry, Patient
from patients.registration import LikelyDuplicate
from tests.patients.people import BORN, inquiry, register

pytestmark = pytest.mark.django_db(transaction=True)


def _together(*acts):
    """Run every act in its own thread and connection, all starting at once; give what each answered or raised."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        except Exception as error:  # the error is the answer
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_person_registered_twice_at_once_is_one_record(site, front_desk, nurse) -> None:
    def by(user: User):
        return lambda: register(site, User.objects.get(pk=user.pk), confirmed_new=False)

    answers = _together(by(front_desk), by(nurse))
    assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [LikelyDuplicate]
    assert Patient.objects.count() == 1


def test_a_form_sent_twice_at_once_is_one_inquiry(site) -> None:
    answers = _together(lambda: inquiry(site), lambda: inquiry(site))
    assert answers[0] == answers[1]
    assert Inquiry.objects.count() == 1


def test_two_who_turn_one_inquiry_into_a_patient_make_one(site, front_desk, clinic_admin) -> None:
    one = inquiry(site)

    def by(user: User):
        return lambda: inquiries.register_patient(
            inquiry_id=one.pk,
            by=User.objects.get(pk=user.pk),
            birth_date=BORN,
            confirmed_new=True,
        )

    answers = _together(by(front_desk), by(clinic_admin))
    assert sum(isinstance(answer, Patient) for answer in answers) == 1
    assert Patient.objects.count() == 1
