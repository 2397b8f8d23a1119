"""The verbs of an inquiry: receive, call back, close, turn into a patient."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from patients import inquiries
from patients.models import Inquiry, Patient
from patients.registration import LikelyDuplicate
from tests.patients.people import BORN, inquiry, register

CALL = {"given_name": "Maya", "family_name": "Torres", "phone": "555 013 7740"}


def test_a_web_form_is_kept_clean(site) -> None:
    one = inquiry(site, email=" Maya@Example.com ", message="Evenings\x00 please.\r\nThank you")
    assert (one.state, one.source, one.taken_by) == ("new", "web", None)
    assert (one.phone, one.email) == ("+15550137740", "maya@example.com")
    assert one.message == "Evenings please.\nThank you"


def test_a_call_is_written_by_who_took_it(site, front_desk, nurse) -> None:
    assert inquiries.receive(site=site, source="phone", by=front_desk, **CALL).taken_by == front_desk
    with pytest.raises(NotPermitted):
        inquiries.receive(site=site, source="phone", by=nurse, **CALL)
    with pytest.raises(NotPermitted):
        inquiries.receive(site=site, source="phone", **CALL)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"family_name": "-"}, "family_name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"phone": "", "email": "nobody"}, "email"),
        ({"birth_date": date(2099, 1, 1)}, "birth_date"),
        ({"birth_date": date(1800, 1, 1)}, "birth_date"),
        ({"message": "x" * 2001}, "message"),
        ({"given_name": "x" * 81}, "given_name"),
    ],
)
def test_each_bad_value_is_named_and_nothing_is_kept(site, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        inquiry(site, **changed)
    assert set(refused.value.fields) == {field}
    assert not Inquiry.objects.exists()


def test_the_same_form_sent_twice_is_one_inquiry_but_a_week_later_it_is_another(site) -> None:
    first = inquiry(site)
    assert inquiry(site) == first
    with clock.at(clock.now() + timedelta(days=7)):
        assert inquiry(site) != first


def test_another_word_makes_another_inquiry(site) -> None:
    assert inquiry(site) != inquiry(site, message="I forgot to say")


def test_called_closed_and_opened_again(site, front_desk) -> None:
    one = inquiry(site)
    assert inquiries.contacted(inquiry_id=one.pk, by=front_desk).state == "contacted"
    closed = inquiries.close(inquiry_id=one.pk, reason="Lives too far away", by=front_desk)
    assert (closed.state, closed.closed_reason) == ("closed", "Lives too far away")
    again = inquiries.contacted(inquiry_id=one.pk, by=front_desk)
    assert (again.state, again.closed_reason) == ("contacted", "")


@pytest.mark.parametrize("reason", ["  ", "x" * 201])
def test_close_needs_a_reason_that_fits(site, front_desk, reason) -> None:
    one = inquiry(site)
    with pytest.raises(Invalid):
        inquiries.close(inquiry_id=one.pk, reason=reason, by=front_desk)
    one.refresh_from_db()
    assert one.state == "new"


def test_register_takes_what_is_known_and_what_is_typed(site, front_desk) -> None:
    one = inquiry(site, email="maya@example.com")
    someone = inquiries.register_patient(inquiry_id=one.pk, by=front_desk, birth_date=BORN, family_name="Torres-Vega")
    one.refresh_from_db()
    assert (one.state, one.patient) == ("registered", someone)
    assert (someone.given_name, someone.family_name, someone.email) == ("Maya", "Torres-Vega", "maya@example.com")


def test_register_of_a_likely_duplicate_waits_for_a_word(site, front_desk) -> None:
    register(site, front_desk)
    one = inquiry(site, birth_date=BORN)
    with pytest.raises(LikelyDuplicate):
        inquiries.register_patient(inquiry_id=one.pk, by=front_desk)
    one.refresh_from_db()
    assert (one.state, Patient.objects.count()) == ("new", 1)
    inquiries.register_patient(inquiry_id=one.pk, by=front_desk, confirmed_new=True)
    assert Patient.objects.count() == 2


def test_register_twice_makes_one_patient(site, front_desk) -> None:
    one = inquiry(site)
    inquiries.register_patient(inquiry_id=one.pk, by=front_desk, birth_date=BORN)
    with pytest.raises(IllegalTransition, match="nothing more"):
        inquiries.register_patient(inquiry_id=one.pk, by=front_desk, birth_date=BORN, confirmed_new=True)
    assert Patient.objects.count() == 1


def test_link_to_the_person_who_is_here_already(site, front_desk) -> None:
    someone, one = register(site, front_desk), inquiry(site)
    assert inquiries.link(inquiry_id=one.pk, patient_id=someone.pk, by=front_desk) == someone
    one.refresh_from_db()
    assert (one.state, one.patient) == ("registered", someone)


def test_link_to_a_patient_of_a_site_without_a_role_finds_nobody(site, other_site, front_desk, stranger) -> None:
    someone, one = register(other_site, stranger), inquiry(site)
    with pytest.raises(NotFound):
        inquiries.link(inquiry_id=one.pk, patient_id=someone.pk, by=front_desk)
    one.refresh_from_db()
    assert one.state == "new"


@pytest.mark.parametrize(
    "verb",
    [
        lambda pk, by: inquiries.contacted(inquiry_id=pk, by=by),
        lambda pk, by: inquiries.close(inquiry_id=pk, reason="No", by=by),
        lambda pk, by: inquiries.register_patient(inquiry_id=pk, birth_date=BORN, by=by),
        lambda pk, by: inquiries.link(inquiry_id=pk, patient_id=uuid4(), by=by),
    ],
)
def test_a_stranger_finds_no_inquiry_and_a_colleague_without_the_right_is_told(site, stranger, nurse, verb) -> None:
    one = inquiry(site)
    with pytest.raises(NotFound):
        verb(one.pk, stranger)
    with pytest.raises(NotPermitted):
        verb(one.pk, nurse)
    one.refresh_from_db()
    assert one.state == "new"
