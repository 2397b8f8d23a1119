"""The waiting list in the browser's eyes: the desk's pages, and the page behind a patient's link."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.errors import Refused
from clinic.models import ReadEvent
from patients.models import Patient
from reminders import templates
from reminders.models import Message
from tests import build
from tests.visits.waiting import reachable, visit, wish
from visits import changes, tending
from visits.clashes import NoPlace
from visits.models import Appointment, Offer, Opening, WaitlistEntry

pytestmark = pytest.mark.django_db
CLINICAL = re.compile(r"infus|ketamin|evaluat|booster|prepar|integrat|midpoint|therap|nurse|diagnos", re.IGNORECASE)


@pytest.fixture
def desk(client, front_desk):
    client.force_login(front_desk)
    return client


@pytest.fixture
def ana(site) -> Patient:
    return reachable(build.patient(site, given_name="Ána", family_name="Müller-Żak"), "ana@example.com")


@pytest.fixture
def opening(site, provider, front_desk) -> Opening:
    gone = visit(build.patient(site), site, "2027-02-02", by=front_desk)
    changes.cancel(appointment_id=gone.pk, party="clinic", reason="Moved away", by=front_desk)
    return Opening.objects.get()


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def page_of(site) -> str:
    """The patient's address, as the letter says it once the time is held out."""
    tending.tend(site=site)
    return urlsplit(templates.unseal(Message.objects.get(kind="slot_offer").values)["link"]).path


def test_the_list_shows_who_waits_for_what_and_costs_the_same_for_three(desk, opening, ana, site, front_desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            page = desk.get(reverse("visits:waitlist"))
        assert "Ána Müller-Żak" in text(page)
        return len(counted)

    later = visit(ana, site, "2027-02-09", by=front_desk)
    wish(ana, site, appointment=later, by=front_desk, weekdays=[1, 4])
    page = text(desk.get(reverse("visits:waitlist")))
    for words in ("Tue, Fri", "Tue 9 Feb, 09:00", "28 Feb", "Free again", "Tue 2 Feb, 09:00", "Consult"):
        assert words in page
    one = queries()
    for number in range(2):
        wish(build.patient(site), site, by=front_desk)
        gone = visit(build.patient(site), site, f"2027-02-0{number + 3}", by=front_desk)
        changes.cancel(appointment_id=gone.pk, party="clinic", reason="Moved away", by=front_desk)
    tending.tend(site=site)
    assert queries() == one
    assert "Nobody waits" not in text(desk.get(reverse("visits:waitlist"), {"kind": "nonsense", "page": "99"}))


def test_put_on_the_list_from_a_visit(desk, ana, site, front_desk, provider):
    later = visit(ana, site, "2027-02-09", by=front_desk)
    address = reverse("visits:wish-new", args=[ana.pk])
    page = text(desk.get(address, {"visit": later.pk}))
    assert "Evaluation, earlier than Tue 9 Feb, 09:00" in page
    typed = {"what": later.pk, "weekdays": ["1"], "not_before": "10:00", "until": "2027-02-08", "notice_hours": "24"}
    answer = desk.post(address, typed)
    entry = WaitlistEntry.objects.get()
    assert answer.url == reverse("visits:wish", args=[entry.pk])
    assert (entry.appointment, entry.kind, entry.weekdays, entry.notice_hours) == (later, "evaluation", [1], 24)
    again = desk.post(address, typed)
    assert again.status_code == 409
    assert "on the waiting list for this already" in text(again)


def test_a_wrong_wish_keeps_what_was_typed(desk, ana):
    typed = {"what": "booster", "not_before": "12:00", "not_after": "10:00", "until": "2027-02-08", "notice_hours": "4"}
    page = desk.post(reverse("visits:wish-new", args=[ana.pk]), typed)
    assert page.status_code == 422
    assert "The latest hour lies before the earliest one." in text(page)
    assert 'value="12:00"' in text(page)
    assert not WaitlistEntry.objects.exists()


def test_a_wish_is_changed_and_taken_off(desk, ana, site, front_desk):
    entry = wish(ana, site, by=front_desk)
    address = reverse("visits:wish", args=[entry.pk])
    desk.post(address, {"weekdays": ["4"], "until": "2027-03-01", "notice_hours": "2"})
    entry.refresh_from_db()
    assert (entry.weekdays, entry.until) == ([4], date(2027, 3, 1))
    assert desk.post(reverse("visits:wish-remove", args=[entry.pk]), {"reason": ""}).status_code == 422
    desk.post(reverse("visits:wish-remove", args=[entry.pk]), {"reason": "Found another time"})
    assert "Found another time" in text(desk.get(address))
    assert desk.post(address, {"until": "2027-03-01", "notice_hours": "2"}).status_code == 409


def test_who_would_take_it_and_the_yes_on_the_phone(desk, opening, ana, site, front_desk):
    entry = wish(ana, site, by=front_desk)
    address = reverse("visits:opening", args=[opening.pk])
    assert "Ána Müller-Żak" in text(desk.get(address))
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for _ in range(2):
        wish(build.patient(site), site, by=front_desk)
    with CaptureQueriesContext(connection) as three:
        desk.get(address)
    assert len(three) == len(one)
    answer = desk.post(reverse("visits:opening-give", args=[opening.pk]), {"entry": entry.pk})
    assert answer.url == reverse("visits:appointment", args=[Appointment.objects.get(patient=ana).pk])
    late = desk.post(reverse("visits:opening-give", args=[opening.pk]), {"entry": WaitlistEntry.objects.last().pk})
    assert late.status_code == 409
    assert "Nothing was booked." in text(late)


def test_the_patients_page_shows_the_time_and_no_clinical_word(client, opening, ana, site, front_desk):
    later = visit(ana, site, "2027-02-09", by=front_desk)
    wish(ana, site, appointment=later, by=front_desk)
    page = client.get(page_of(site))
    words = text(page)
    for said in ("Tuesday, February 2", "9:00 AM", "Tuesday, February 9", "Yes, I take it", "Pine Street"):
        assert said in words
    assert "Müller" not in words
    assert not CLINICAL.search(re.sub(r"<head>.*?</head>|<link[^>]*>|<script.*?</script>|<svg.*?</svg>", "", words))
    assert "no-store" in page["Cache-Control"]


def test_the_page_speaks_the_patients_language_and_that_which_they_choose(client, opening, ana, site, front_desk):
    type(ana).objects.filter(pk=ana.pk).update(language="es")
    wish(ana, site, by=front_desk)
    address = page_of(site)
    spanish = text(client.get(address))
    assert "Martes 2 de febrero" in spanish
    assert "Sí, la quiero" in spanish
    assert "Yes, I take it" in text(client.get(f"{address}?lang=en", follow=True))
    assert "It is yours." in text(client.post(address, {"answer": "yes"}))


def test_to_open_the_link_decides_nothing_and_yes_books(client, opening, ana, site, front_desk):
    wish(ana, site, by=front_desk)
    address = page_of(site)
    client.get(address)
    assert not Appointment.objects.filter(patient=ana).exists()
    assert "It is yours." in text(client.post(address, {"answer": "yes"}))
    assert Appointment.objects.get(patient=ana).starts_at == opening.starts_at
    assert "It is yours." in text(client.post(address, {"answer": "no"})), "what is booked is not given back by a slip"


def test_no_keeps_the_patient_on_the_list(client, opening, ana, site, front_desk):
    entry = wish(ana, site, by=front_desk)
    address = page_of(site)
    assert "you stay on our list" in text(client.post(address, {"answer": "no"}))
    entry.refresh_from_db()
    assert entry.state == "waiting"
    assert Offer.objects.get().state == "declined"


def test_who_comes_second_reads_a_kind_sentence(client, opening, ana, site, front_desk):
    wish(ana, site, by=front_desk)
    address = page_of(site)
    visit(build.patient(site), site, "2027-02-02", by=front_desk)
    page = client.post(address, {"answer": "yes"})
    assert page.status_code == 409
    for words in ("Somebody was faster", "You stay on our list"):
        assert words in text(page)


def test_after_its_time_the_link_says_so(client, opening, ana, site, front_desk):
    wish(ana, site, by=front_desk)
    address = page_of(site)
    with clock.at(clock.now() + timedelta(hours=5)):
        assert "This offer has ended" in text(client.get(address))
        assert client.post(address, {"answer": "yes"}).status_code == 409


def test_a_link_nobody_gave_leads_nowhere_and_guessing_is_stopped(client, settings, db):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "guess"}}
    address = reverse("visits:offer", args=["guess"])
    assert client.get(address).status_code == 404
    answers = {client.get(address).status_code for _ in range(60)}
    assert answers == {404, 429}


@pytest.mark.parametrize("refusal", ["died", "reason", "staff"])
def test_the_patients_page_repeats_no_refusal_that_names_anybody(
    client, opening, ana, site, front_desk, monkeypatch, refusal
):
    """The move of what is booked: a death noted since, a rule of the treatment, a therapist who is away."""
    later = visit(ana, site, "2027-02-09", by=front_desk)
    wish(ana, site, appointment=later, by=front_desk)
    address = page_of(site)
    refused = {"reason": Refused("Write why, and it can be done."), "staff": NoPlace("Jo Park is away.")}.get(refusal)
    if refused:
        monkeypatch.setattr(changes, "move", raising(refused))
    else:
        Patient.objects.filter(pk=ana.pk).update(deceased_on=date(2027, 1, 18))
    words = text(client.post(address, {"answer": "yes"}))
    assert not re.search("Müller|died|Write why|Jo Park", words)
    assert Offer.objects.get().state == ("withdrawn" if refusal == "staff" else "open")
    assert ("Please call us." in words) == (refusal != "staff")
    later.refresh_from_db()
    assert later.starts_at == build.moment(site, "2027-02-09")


def raising(error):
    def refuse(**_):
        raise error

    return refuse


def test_the_list_and_the_page_of_a_time_write_down_whose_names_were_read(desk, opening, ana, site, front_desk):
    wish(ana, site, by=front_desk)
    for address in (reverse("visits:waitlist"), reverse("visits:opening", args=[opening.pk])):
        desk.get(address)
    read = ReadEvent.objects.order_by("at").values_list("patient_id", "what", "route")
    assert list(read) == [(ana.pk, "waiting list", f"visits:{page}") for page in ("waitlist", "opening")]
