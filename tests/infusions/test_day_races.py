"""A nurse at the chair and the desk at the same patient's visits, at one moment: both are answered, neither by a fault.

They meet in the middle: the desk holds a visit and its series, the nurse what her verb locks before it comes to the
infusion. A visit that is called off asks for every infusion of its series.
"""

from __future__ import annotations

from threading import BrokenBarrierError

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.policy import Role
from infusions import run, states
from infusions import series as series_verbs
from insurance import verification
from tests import build
from tests.infusions import making
from tests.visits.processes import FORK, Met, at_once
from visits import changes

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 0.2


@pytest.fixture
def meeting(day, monkeypatch):
    """`meeting(do, visit)`: what the nurse is answered to `do`, and the desk, which calls the visit off."""

    def both(do, visit):
        met, locked = FORK.Barrier(2), states.locked

        def meet():
            try:
                met.wait(SOON)
            except BrokenBarrierError:
                return  # the other waits for what is held here

        def locked_and_meet(*asked):
            infusion = locked(*asked)
            meet()
            return infusion

        def desk():
            with transaction.atomic():
                changes.locked(visit.pk)
                series_verbs.locked(visit.infusion.series_id)
                meet()
                return changes.cancel(appointment_id=visit.pk, party="patient", reason="Flu", by=day.provider).status

        def work(index):
            with connection.cursor() as cursor:
                cursor.execute("SET deadlock_timeout = '20ms'")
            if index:
                return desk()
            monkeypatch.setattr(states, "locked", locked_and_meet)
            return do()

        with day.clock("09:12"):
            return at_once(2, work)

    return both


@pytest.mark.parametrize(
    ("step", "verb", "said", "becomes"),
    [
        ("checked", run.start, {"observed_at": True}, "in_progress"),
        ("checked in", run.not_given, {"reason": "Went home"}, "not_given"),
    ],
)
def test_the_next_visit_is_called_off_while_this_infusion(day, meeting, step, verb, said, becomes):
    infusion = day.until(step)
    after = making.infusion(infusion.series, 2, "2027-02-05").appointment
    words = {name: day.at("09:12") if value is True else value for name, value in said.items()}
    told = meeting(lambda: verb(infusion_id=infusion.pk, by=day.nurse, **words).state, after)
    assert told == [becomes, "cancelled"]


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (run.check_in, {"observed_at": True}),
        (run.no_show, {}),
        (run.cancel, {"party": "clinic", "reason": "The nurse is ill"}),
    ],
)
def test_a_visit_is_called_off_while_somebody_else_has_a_word_on_it(day, meeting, verb, said):
    infusion = day.until("booked")
    words = {name: day.at("09:12") if value is True else value for name, value in said.items()}
    told = meeting(lambda: verb(infusion_id=infusion.pk, by=day.nurse, **words).state, infusion.appointment)
    (lost,) = [one for one in told if isinstance(one, Met)]
    assert lost.kind in {"IllegalTransition", "Refused"}, lost


ORDER = ('FOR NO KEY UPDATE OF "infusions_series"', 'FOR NO KEY UPDATE OF "patients_patient"', "insurance_verification")


@pytest.mark.parametrize("off", ["cancelled", "not given"])
def test_what_is_of_the_patient_is_locked_after_series_and_patient(day, off):
    """The checks of benefits name the next visit: who agrees with the patient on paying locks patient, then checks."""
    infusion = day.until("checked in" if off == "not given" else "booked")
    verification.open_check(patient_id=day.patient.pk, leg="medical", by=build.user(Role.INSURANCE_ADMIN, at=day.site))
    with day.clock("09:00"), CaptureQueriesContext(connection) as asked:
        if off == "cancelled":
            visit = infusion.appointment_id
            changes.cancel(appointment_id=visit, party="patient", reason="Flu", by=day.provider)
        else:
            run.not_given(infusion_id=infusion.pk, reason="Went home", by=day.nurse)
    first = [next(at for at, one in enumerate(asked) if words in one["sql"]) for words in ORDER]
    assert first == sorted(first)
