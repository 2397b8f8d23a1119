"""The queue of inquiries and the way from one to a patient."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from patients import inquiries
from patients.models import Inquiry, Patient
from tests.patients.people import BORN, asked, inquiry, register

TYPED = {"given_name": "Maya", "family_name": "Torres", "birth_date": "1984-03-14", "sex": "unknown", "language": "en"}


@pytest.fixture
def desk(client, front_desk):
    client.force_login(front_desk)
    return client


def _at(name: str, one: Inquiry) -> str:
    return reverse(f"patients:{name}", args=[one.pk])


def test_the_queue_shows_what_is_open_oldest_first(desk, site, other_site, front_desk) -> None:
    with clock.at(clock.now() - timedelta(hours=3)):
        inquiry(site, given_name="Older")
    inquiry(site, given_name="Newer", phone="555 013 7741")
    inquiry(other_site, given_name="Elsewhere", phone="555 013 7742")
    closed = inquiry(site, given_name="Gone", phone="555 013 7743")
    inquiries.close(inquiry_id=closed.pk, reason="No", by=front_desk)
    page = desk.get(reverse("patients:inquiries")).content.decode()
    assert page.index("Older") < page.index("Newer")
    assert "3\u00a0h ago" in page
    assert "Elsewhere" not in page
    assert "Gone" not in page


@pytest.mark.parametrize(
    ("state", "shown"), [("closed", True), ("all", True), ("new", False), ("open", False), ("nonsense", False)]
)
def test_the_queue_by_state(desk, site, front_desk, state, shown) -> None:
    inquiries.close(inquiry_id=inquiry(site, given_name="Gone").pk, reason="No", by=front_desk)
    assert ("Gone" in desk.get(reverse("patients:inquiries") + f"?state={state}").content.decode()) is shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_for_one_and_for_three(desk, site, count) -> None:
    for number in range(count):
        inquiry(site, phone=f"555 013 774{number}")
    assert asked(desk, reverse("patients:inquiries")) == 4


def test_a_call_is_written_down(desk, site, front_desk) -> None:
    answer = desk.post(
        reverse("patients:inquiry-new"), {"given_name": "Maya", "family_name": "Torres", "phone": "5550137740"}
    )
    one = Inquiry.objects.get()
    assert answer["Location"] == _at("inquiry", one)
    assert (one.source, one.taken_by, one.site) == ("phone", front_desk, site)


def test_a_call_without_a_way_back_is_refused_and_kept_on_the_page(desk) -> None:
    answer = desk.post(reverse("patients:inquiry-new"), {"given_name": "Maya", "family_name": "O’Neill"})
    assert answer.status_code == 422
    assert "phone number or an email address" in answer.content.decode()
    assert "O’Neill" in answer.content.decode()
    assert not Inquiry.objects.exists()


def test_the_page_of_an_inquiry_shows_who_it_may_be(desk, site, front_desk) -> None:
    known = register(site, front_desk, "Maia", "Torrez")
    page = desk.get(_at("inquiry", inquiry(site, birth_date=BORN))).content.decode()
    assert known.mrn in page
    assert "Name sounds alike, same birth date" in page


def test_spoken_with_then_closed_then_opened(desk, site) -> None:
    one = inquiry(site)
    assert desk.post(_at("inquiry-contacted", one)).status_code == 302
    assert desk.post(_at("inquiry-close", one), {"reason": ""}).status_code == 422
    assert desk.post(_at("inquiry-close", one), {"reason": "x" * 201}).status_code == 422
    assert desk.post(_at("inquiry-close", one), {"reason": "Too far"}).status_code == 302
    assert "Too far" in desk.get(_at("inquiry", one)).content.decode()
    assert desk.post(_at("inquiry-close", one), {"reason": "Again"}).status_code == 409
    assert desk.post(_at("inquiry-contacted", one)).status_code == 302


def test_turned_into_a_patient_from_a_form_that_knows_the_rest(desk, site) -> None:
    one = inquiry(site, email="maya@example.com")
    page = desk.get(_at("inquiry-register", one)).content.decode()
    assert 'value="(555) 013-7740"' in page
    assert 'value="maya@example.com"' in page
    answer = desk.post(_at("inquiry-register", one), TYPED)
    one.refresh_from_db()
    assert answer["Location"] == reverse("journey:chart", args=[one.patient_id])
    assert desk.get(_at("inquiry", one)).status_code == 200
    assert desk.post(_at("inquiry-register", one), TYPED)["Location"] == answer["Location"]  # back, and sent again


def test_who_is_known_is_linked_and_no_second_record_made(desk, site, front_desk) -> None:
    known, one = register(site, front_desk), inquiry(site, birth_date=BORN)
    answer = desk.post(_at("inquiry-register", one), TYPED)
    assert answer.status_code == 409
    assert _at("inquiry-link", one) in answer.content.decode()
    assert desk.post(_at("inquiry-link", one), {"patient": str(known.pk)}).status_code == 302
    one.refresh_from_db()
    assert (one.patient, Patient.objects.count()) == (known, 1)


@pytest.mark.parametrize("given", ["", "nonsense", "0190b1f0-0000-7000-8000-000000000000"])
def test_a_link_to_nobody_is_not_found(desk, site, given) -> None:
    assert desk.post(_at("inquiry-link", inquiry(site)), {"patient": given}).status_code == 404


PAGES = ["inquiry", "inquiry-register"]
VERBS = ["inquiry-contacted", "inquiry-close", "inquiry-link"]


@pytest.mark.parametrize("name", PAGES + VERBS)
def test_a_stranger_finds_no_inquiry_and_a_nurse_may_not(client, site, stranger, nurse, name) -> None:
    one = inquiry(site)
    ask = client.get if name in PAGES else client.post
    client.force_login(stranger)
    data = {"reason": "No", "patient": str(one.pk)}
    assert ask(_at(name, one), data).status_code == 404
    client.force_login(nurse)
    assert ask(_at(name, one), data).status_code == 403
    one.refresh_from_db()
    assert one.state == "new"


def test_a_message_is_never_markup(desk, site) -> None:
    one = inquiry(site, given_name="<b>Maya", message="<script>alert(1)</script>")
    page = desk.get(_at("inquiry", one)).content.decode()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<b>Maya" not in page
