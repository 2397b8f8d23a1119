"""One time, many who say yes at once. First the race is shown with the guard off, then the verb stops it."""

import pytest
from django.db import transaction

from clinic import clock
from clinic.policy import Role
from tests import build
from tests.visits.processes import FORK, at_once
from tests.visits.waiting import visit, wish
from visits import changes, offers
from visits.models import Appointment, Hold, Offer, Opening, WaitlistEntry

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture
def house():
    """A site in January with one provider, and one visit in February, which has just been called off."""
    site = build.site(rooms=1)
    build.user(Role.PROVIDER, at=site)
    desk = build.user(Role.FRONT_DESK, at=site)
    with clock.at(build.moment(site, "2027-01-20")):
        gone = visit(build.patient(site), site, "2027-02-02", by=desk)
        changes.cancel(appointment_id=gone.pk, party="clinic", reason="Moved away", by=desk)
        yield site, desk, Opening.objects.get()


def _asked(house, patients):
    """An open offer of the same time to each, however many the house would ask at once."""
    site, desk, opening = house
    made = []
    for number, one in enumerate(patients):
        entry = wish(one, site, by=desk, until=site.local(opening.starts_at).date())
        made.append(
            Offer.objects.create(
                entry=entry,
                opening=opening,
                starts_at=opening.starts_at,
                ends_at=opening.ends_at,
                token_hash=f"{number:064}",
                expires_at=opening.starts_at,
            )
        )
    return made


def test_look_then_write_without_a_guard_gives_one_time_to_many(house):
    site, desk, opening = house
    made = _asked(house, [build.patient(site) for _ in range(5)])
    looked = FORK.Barrier(5)

    def careless(index: int) -> bool:
        with transaction.atomic():
            free = not Offer.objects.filter(opening=opening, state="accepted").exists()
            looked.wait(30)
            if free:
                mine = Appointment.objects.create(
                    patient=made[index].entry.patient,
                    site=site,
                    kind="evaluation",
                    starts_at=opening.starts_at,
                    ends_at=opening.ends_at,
                    booked_by=desk,
                )
                Offer.objects.filter(pk=made[index].pk).update(state="accepted", ended_at=clock.now(), appointment=mine)
        return free

    assert at_once(5, careless).count(True) >= 2


def test_twenty_say_yes_and_one_gets_it(house):
    site, _, opening = house
    made = _asked(house, [build.patient(site) for _ in range(MANY)])
    answers = at_once(MANY, lambda index: offers.accept(offer_id=made[index].pk))
    assert sum(isinstance(answer, Offer) for answer in answers) == 1, answers
    assert sum(getattr(answer, "kind", "") == "Faster" for answer in answers) == MANY - 1, answers
    assert Hold.objects.filter(active=True, staff__isnull=False, during__startswith=opening.starts_at).count() == 1
    assert Offer.objects.filter(state="accepted").count() == 1
    assert WaitlistEntry.objects.filter(state="waiting").count() == MANY - 1


def test_the_same_person_says_yes_twenty_times_and_has_one_visit(house):
    site, _, _ = house
    (offer,) = _asked(house, [build.patient(site)])
    answers = at_once(MANY, lambda index: offers.accept(offer_id=offer.pk))
    assert all(isinstance(answer, Offer) and answer.state == "accepted" for answer in answers), answers
    assert Appointment.objects.filter(status="booked").count() == 1


def test_a_yes_and_the_desk_at_once_leave_one_visit(house):
    site, desk, opening = house
    (offer,) = _asked(house, [build.patient(site)])
    other = build.patient(site)

    def work(index: int) -> object:
        if index:
            return offers.accept(offer_id=offer.pk)
        day = site.local(opening.starts_at)
        return visit(other, site, f"{day:%Y-%m-%d}", f"{day:%H:%M}", by=desk)

    answers = at_once(2, work)
    assert sum(isinstance(answer, Offer | Appointment) for answer in answers) == 1, answers
    assert Appointment.objects.filter(status="booked").count() == 1
