"""What came free, held out to those who wait, by other systems."""

from __future__ import annotations

from clinic.models import Site, User
from clinic.policy import Role
from patients.models import Patient
from tests import build
from tests.asking import Asker
from tests.visits.waiting import visit, wish
from visits import tending
from visits.models import Appointment, Offer, Opening


def test_a_time_that_came_free_is_declined_by_one_and_given_to_another(
    site: Site, patient: Patient, provider: User, front_desk: User
) -> None:
    desk = Asker(front_desk, Role.FRONT_DESK, site)
    first = visit(patient, site, "2027-02-02", by=front_desk)
    ana, ben = (build.patient(site, given_name=name) for name in ("Ana", "Ben"))
    waiting = [wish(of, site, appointment=visit(of, site, day, by=front_desk), by=front_desk)
               for of, day in ((ana, "2027-02-09"), (ben, "2027-02-10"))]  # fmt: skip
    desk.post(f"appointments/{first.pk}/cancel/", {"party": "patient", "reason": "Moved away"})
    tending.tend(site=site)
    asked = desk.get("offers/?state=open").told["results"]
    assert {one["entry"] for one in asked} == {str(one.pk) for one in waiting}
    offer = next(one for one in asked if one["entry"] == str(waiting[0].pk))
    declined = desk.post(f"offers/{offer['id']}/decline/")
    assert (declined.status_code, declined.told["state"], declined.told["ended_by"]) == (
        200, "declined", str(front_desk.pk),
    )  # fmt: skip
    assert desk.post(f"offers/{offer['id']}/decline/").status_code == 409
    opening = Opening.objects.get()
    assert [one["id"] for one in desk.get("openings/?open=true").told["results"]] == [str(opening.pk)]
    path, body = f"openings/{opening.pk}/give/", {"entry": str(waiting[1].pk)}
    given = desk.post(path, body, Idempotency_Key="g1")
    assert (given.status_code, given.told["state"]) == (201, "accepted"), given.told
    assert desk.post(path, body, Idempotency_Key="g1").told == given.told
    assert desk.post(path, body).status_code == 409
    moved = Appointment.objects.get(pk=given.told["appointment"])
    assert (moved.patient, moved.starts_at) == (ben, first.starts_at)
    assert Offer.objects.filter(state="accepted").count() == 1
