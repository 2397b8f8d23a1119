"""Secret links: made once, opened by the birth date, locked, expired, revoked, and of one patient each."""

from datetime import date, timedelta

import pytest

from clinic import clock, sessions
from clinic.errors import NotFound, NotPermitted, Refused
from clinic.logs import NoSecrets
from clinic.policy import Door
from clinic.routes import ROUTES
from patients import links
from patients.models import PatientLink
from tests import build
from tests.patients.linking import DOOR, good, open_door, token_of, wrong


@pytest.fixture(autouse=True)
def _page(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.patients.linking"
    monkeypatch.setitem(links.starts, "intake", "probe")
    monkeypatch.setitem(ROUTES, "probe", Door.PUBLIC)


@pytest.fixture
def intake(patient, front_desk) -> str:
    return links.make(patient_id=patient.pk, purpose="intake", by=front_desk)


# The verbs


def test_the_token_stands_nowhere_but_in_the_address(intake):
    link = PatientLink.objects.get()
    token = token_of(intake)
    assert len(token) >= 43
    assert link.token_sha256 == links.token_hash(token)
    for row in (link, *link.pgh_events.all()):
        assert token not in repr(vars(row))


def test_a_new_link_of_the_same_purpose_ends_the_former(patient, front_desk, intake):
    links.make(patient_id=patient.pk, purpose="curve", by=front_desk)
    links.make(patient_id=patient.pk, purpose="intake", by=front_desk)
    assert [one.purpose for one in PatientLink.objects.filter(revoked_at=None)] == ["intake", "curve"]
    assert links.find(token_of(intake)).ended_by == "revoked"


def test_a_stranger_finds_no_patient_and_the_insurance_desk_sends_nothing(patient, stranger, insurance_admin):
    with pytest.raises(NotFound):
        links.make(patient_id=patient.pk, purpose="intake", by=stranger)
    with pytest.raises(NotPermitted):
        links.make(patient_id=patient.pk, purpose="intake", by=insurance_admin)


def test_nothing_is_sent_to_who_has_died(patient, front_desk):
    patient.deceased_on = date(2026, 1, 1)
    patient.save()
    with pytest.raises(Refused):
        links.make(patient_id=patient.pk, purpose="intake", by=front_desk)


def test_who_carries_letters_is_told_only_when_it_is_to_be_sent(patient, front_desk, monkeypatch):
    heard = []
    monkeypatch.setattr(links, "held_back", [])
    monkeypatch.setattr(links, "after_make", [lambda link, address: heard.append(address)])
    links.make(patient_id=patient.pk, purpose="intake", by=front_desk)
    sent = links.make(patient_id=patient.pk, purpose="intake", by=front_desk, send=True)
    assert heard == [sent]


def test_five_wrong_birth_dates_lock_it_for_good_and_somebody_is_told(patient, front_desk, intake, monkeypatch):
    heard = []
    monkeypatch.setattr(links, "after_lock", [heard.append])
    link = PatientLink.objects.get()
    for _ in range(4):
        assert not links.open_with(link_id=link.pk, born=date(1990, 1, 1))
    assert links.open_with(link_id=link.pk, born=patient.birth_date)  # a right one gives no further tries
    assert not links.open_with(link_id=link.pk, born=date(1990, 1, 1))
    assert not links.open_with(link_id=link.pk, born=patient.birth_date)
    assert [one.pk for one in heard] == [link.pk]
    link.refresh_from_db()
    assert (link.tries, link.ended_by) == (5, "locked")


def test_a_revoked_link_is_revoked_once_by_who_may(intake, nurse, stranger):
    link = PatientLink.objects.get()
    with pytest.raises(NotFound):
        links.revoke(link_id=link.pk, by=stranger)
    first = links.revoke(link_id=link.pk, by=nurse).revoked_at
    assert links.revoke(link_id=link.pk, by=nurse).revoked_at == first


# The door


def test_the_birth_date_opens_it_and_the_page_is_the_patient_s(client, intake, patient):
    asked = client.get(intake)
    assert (asked.status_code, patient.family_name in asked.content.decode()) == (200, False)
    page = open_door(client, intake, patient)
    assert page.content.decode().startswith(f"for {patient.pk}")
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store, private", "same-origin")
    assert "noindex" in page["X-Robots-Tag"]


def test_a_guessed_token_finds_nothing_and_guessing_is_counted(client, intake, monkeypatch):
    monkeypatch.setattr("patients.views.linked.LIMIT", links_limit(2))
    answers = [client.get(f"/p/{links.token_hash(str(guess))}/") for guess in range(3)]
    assert [one.status_code for one in answers] == [404, 404, 429]


def links_limit(most: int):
    from patients import throttle

    return throttle.Limit("link", for_each=most, for_all=9999)


def test_wrong_birth_dates_are_counted_down_and_then_the_link_is_shut_to_all(client, intake, patient, site):
    left = []
    for _ in range(4):
        page = client.post(intake, wrong())
        assert page.status_code == 422
        left.append(page.context["left"])
    assert left == [4, 3, 2, 1]
    last = client.post(intake, wrong())
    assert last.status_code == 410
    assert "wrong five times" in last.content.decode()
    assert client.post(intake, good(patient)).status_code == 410


@pytest.mark.parametrize("typed", [{"birth_month": "13"}, {"birth_day": "x"}, {"birth_year": ""}])
def test_what_is_no_date_costs_no_try(client, intake, patient, typed):
    page = client.post(intake, good(patient) | typed)
    assert page.status_code == 422
    assert PatientLink.objects.get().tries == 0


def test_the_link_of_a_patient_who_died_opens_nothing(client, patient, front_desk):
    address = links.make(patient_id=patient.pk, purpose="intake", by=front_desk)
    patient.deceased_on = patient.site.today()
    patient.save(update_fields=["deceased_on"])
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_an_ended_link_opens_nothing_not_even_where_it_was_open(client, intake, patient, nurse, end):
    open_door(client, intake, patient)
    now = clock.now()
    if end == "revoked":
        links.revoke(link_id=PatientLink.objects.get().pk, by=nurse)
    with clock.at(now + timedelta(days=15) if end == "expired" else now):
        for answer in (client.get(intake + "probe/"), client.post(intake, good(patient))):
            assert answer.status_code == 410
            assert patient.family_name not in answer.content.decode()


def test_a_forwarded_link_asks_the_birth_date_in_the_new_browser(client, intake, patient):
    from django.test import Client

    open_door(client, intake, patient)
    other = Client().get(intake + "probe/")
    assert DOOR in other.content.decode()


def test_a_browser_that_opened_one_link_is_a_stranger_to_another(client, intake, patient, site, front_desk):
    open_door(client, intake, patient)
    neighbour = build.patient(site, given_name="Ana", birth_date=date(1990, 5, 5))
    other = links.make(patient_id=neighbour.pk, purpose="intake", by=front_desk)
    assert DOOR in client.get(other + "probe/").content.decode()
    assert client.post(other, good(patient)).status_code == 422


def test_a_link_of_another_purpose_opens_no_page_of_this_one(client, patient, front_desk):
    curve = links.make(patient_id=patient.pk, purpose="curve", by=front_desk)
    assert client.get(curve + "probe/").status_code == 404


def test_after_half_an_hour_it_asks_again_and_what_was_sent_meanwhile_is_done_then(client, intake, patient):
    open_door(client, intake, patient)
    now, typed = clock.now(), {"words": "Otra vez: caminar & dormir", "csrfmiddlewaretoken": "x"}
    with clock.at(now + timedelta(minutes=31)):
        asked = client.post(intake + "probe/", typed)
        assert asked.status_code == 401
        held = asked.context["held"]
        assert "caminar" not in asked.content.decode()
        again = client.post(intake + "probe/", wrong() | {"held": held})
        assert again.context["held"] == held
        done = client.post(intake + "probe/", good(patient) | {"held": held})
        assert done.content.decode() == f"for {patient.pk} POST Otra vez: caminar & dormir"


def test_what_is_held_for_one_page_is_done_on_no_other(client, intake, patient):
    held = client.post(intake + "probe/", {"words": "x"}).context["held"]
    answer = client.post(intake, good(patient) | {"held": held})
    assert (answer.status_code, answer["Location"]) == (302, intake)


def test_the_language_is_the_patient_s_until_another_is_chosen(client, patient, front_desk):
    patient.language = "es"
    patient.save()
    intake = links.make(patient_id=patient.pk, purpose="intake", by=front_desk)
    assert 'lang="es"' in client.get(intake).content.decode()
    assert client.get(intake + "?lang=en")["Location"] == intake
    page = client.get(intake).content.decode()
    assert '<html lang="en"' in page
    assert "What is your birth date?" in page


def test_no_log_line_holds_the_token(intake, caplog):
    import logging

    record = logging.LogRecord("x", 20, "", 0, '"GET %s HTTP/1.1" 200', (intake,), None)
    assert NoSecrets().filter(record)
    assert token_of(intake) not in record.getMessage()


def test_without_its_session_the_tablet_s_address_leads_nowhere(client, intake, nurse):
    assert client.get("/p/here/").status_code == 404
    client.force_login(nurse)
    assert client.get("/p/here/").status_code == 404
    assert sessions.HANDED_PAGES == "/p/here/"


def test_a_mistyped_address_says_what_to_do_in_both_languages(client, intake):
    lost = client.get(intake + "no/such/page/")
    assert lost.status_code == 404
    words = lost.content.decode()
    assert ("Abra otra vez el enlace" in words, "Search for the patient" in words) == (True, False)
