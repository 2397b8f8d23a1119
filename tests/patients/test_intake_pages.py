"""The intake in a browser without scripts: page by page, on two devices, through a door that closes; and for staff."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic import clock
from patients import intake, links
from patients.models import InsuranceCard, Intake, IntakeStep, PatientLink
from patients.views.linked import DOOR
from tests import build
from tests.patients.answering import WHOLE, answer, whole
from tests.patients.linking import good, open_door, token_of, typed
from tests.patients.test_photos import picture


@pytest.fixture
def path(patient, front_desk) -> str:
    return intake.invite(patient_id=patient.pk, by=front_desk)


@pytest.fixture
def opened(client, path, patient):
    """The patient's browser, past the door; answers the address of a page."""
    open_door(client, path, patient)
    return lambda key="": f"{path}intake/{key}/" if key else f"{path}intake/"


def post(client, address, answers, *, version=0, **press):
    return client.post(address, answers | {"version": version} | (press or {"go": "1"}))


def test_the_link_leads_to_the_first_page_and_then_to_where_it_stopped(client, path, patient, opened):
    first = client.get(path, follow=True)
    assert first.redirect_chain[-1][0] == opened("about")
    page = first.content.decode()
    assert "1 of 7" in page
    assert patient.family_name not in page.split("</head>")[0]
    assert post(client, opened("about"), WHOLE["about"])["Location"] == opened("medicines")
    other = Client()
    again = open_door(other, path, patient)
    assert again.redirect_chain[-1][0] == opened("medicines")
    assert 'value="hypertension"' in (kept := other.get(opened("about")).content.decode())
    assert "Migraine" in kept


def test_what_is_missing_is_said_and_what_was_typed_is_kept(client, opened):
    sent = post(client, opened("goals"), {"goal-goal": ["Walk"], "escort-name": ["Luis"], "escort-phone": ["555"]})
    assert sent["Location"] == f"{opened('goals')}?look=1"  # the way back through the browser leads over no sent form
    text = client.get(sent["Location"]).content.decode()
    assert text.count("area code") == 2
    assert 'href="#id_escort-phone-trouble"' in text
    assert 'aria-describedby="id_escort-phone-trouble"' in text
    assert IntakeStep.objects.get().answers["escort-phone"] == ["555"]
    assert "area code" not in client.get(opened("goals")).content.decode()


@pytest.mark.parametrize(
    ("press", "leads"), [({"later": "1"}, "treatments"), ({"back": "1"}, "about"), ({"lang": "es"}, "medicines")]
)
def test_every_button_keeps_what_is_typed(client, opened, press, leads):
    answer = post(client, opened("medicines"), {"medicine-count": ["2"], "medicine-0-dose": ["5 mg"]}, **press)
    assert answer["Location"] == opened(leads)
    assert IntakeStep.objects.get().answers["medicine-0-dose"] == ["5 mg"]


def test_one_more_line_keeps_the_others(client, opened):
    more = {"medicine-count": ["2"], "medicine-1-display": ["Lithium"]}
    answer = post(client, opened("medicines"), more, add="medicine")
    assert answer["Location"] == opened("medicines") + "#medicine-last"
    page = client.get(opened("medicines")).content.decode()
    assert 'name="medicine-2-display"' in page
    assert 'value="Lithium"' in page


def test_what_is_typed_is_kept_without_a_press(client, opened):
    sent = {"version": 0, "goal-goal": "Half a sent"}
    kept = client.post(opened("goals"), sent, headers={"X-Keep": "1"})
    assert kept.json() == {"version": 1}
    assert IntakeStep.objects.get().answers == {"goal-goal": ["Half a sent"]}


def test_a_door_that_closed_mid_form_loses_nothing(client, opened, patient):
    now = clock.now()
    with clock.at(now + timedelta(minutes=45)):
        asked = post(client, opened("medicines"), WHOLE["medicines"])
        assert asked.status_code == 401
        assert DOOR in asked.content.decode()
        assert "Sertraline" not in asked.content.decode()
        assert not IntakeStep.objects.exists()
        done = client.post(opened("medicines"), good(patient) | {"held": asked.context["held"]})
        assert done["Location"] == opened("treatments")
        assert IntakeStep.objects.get().answers == WHOLE["medicines"]


def test_two_devices_do_not_write_over_each_other_unseen(client, opened, path, patient):
    other = Client()
    open_door(other, path, patient)
    post(other, opened("goals"), {"goal-goal": ["From the phone"]}, later="1")
    stale = post(client, opened("goals"), {"goal-goal": ["From the desk"]})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "From the phone" in text
    assert "From the desk" in text
    assert IntakeStep.objects.get().answers == {"goal-goal": ["From the phone"]}
    post(client, opened("goals"), {"goal-goal": ["From the desk"]}, version=stale.context["version"])
    assert IntakeStep.objects.get().answers == {"goal-goal": ["From the desk"]}


def test_a_card_is_photographed_or_declared_missing(client, opened, patient):
    missing = client.get(post(client, opened("cards"), {})["Location"]).content.decode()
    assert "tick that you have no card" in missing
    bad = client.post(opened("cards"), {"version": 1, "go": "1", "card_front": SimpleUploadedFile("a.svg", b"<svg/>")})
    assert bad.status_code == 422
    assert not InsuranceCard.objects.exists()
    photo = SimpleUploadedFile("front.jpg", picture(size=(400, 300)))
    sent = client.post(opened("cards"), {"version": 1, "go": "1", "card_front": photo})
    assert sent["Location"] == opened("consents")
    assert InsuranceCard.objects.get().link == PatientLink.objects.get()


def test_it_can_not_be_sent_unsigned_and_says_where_to_go(client, opened, patient):
    answer(PatientLink.objects.get())
    page = client.post(opened("review"), follow=True)
    text = page.content.decode()
    assert [step.key for step in page.context["missing"]] == ["cards", "consents"]
    assert f'href="{opened("consents")}"' in text
    assert Intake.objects.get().sent_at is None


def test_a_single_tick_is_read_as_an_answer_of_the_list(client, opened):
    post(client, opened("treatments"), {"treatment-count": ["1"], "treatment-none": ["on"]})
    text = client.get(opened("review")).content.decode()
    assert "I have not been treated for this before" in text
    assert not re.search(r"<dl[^>]*>\s*<dd", text)


def test_sent_it_shows_no_answers_any_more(client, patient, front_desk):
    link = whole(patient, front_desk)
    path = links.make(patient_id=patient.pk, purpose="intake", by=front_desk, subject_id=link.subject_id)
    open_door(client, path, patient)
    page = client.post(f"{path}intake/review/", follow=True).content.decode()
    assert "Your care team has your answers" in page
    for key in ("about", "review"):
        assert "Migraine" not in client.get(f"{path}intake/{key}/").content.decode()


def test_it_speaks_spanish(client, patient, front_desk):
    patient.language = "es"
    patient.save()
    path = intake.invite(patient_id=patient.pk, by=front_desk)
    page = open_door(client, path, patient).content.decode()
    assert "1 de 7" in page
    assert "Su salud" in page
    assert "Presión alta" in page


# Staff


def staff(patient, name="intake"):
    return reverse(f"patients:{name}", args=[patient.pk])


def test_the_desk_sends_it_and_sees_how_far_it_is_and_no_answer(client, patient, front_desk):
    client.force_login(front_desk)
    page = client.post(staff(patient, "intake-send"))
    address = page.context["address"]
    link = links.find(token_of(link_path(address)))
    assert link == PatientLink.objects.get()
    answer(link, "about")
    text = client.get(staff(patient)).content.decode()
    assert "Complete" in text
    assert "Begun" not in text.replace("Not begun", "")
    for word in ("Migraine", "Hypertension", token_of(link_path(address))):
        assert word not in text


def link_path(address: str) -> str:
    return "/" + address.split("//")[1].split("/", 1)[1]


def test_clinical_staff_confirm_what_came_of_it_and_the_desk_does_not_read_it(client, patient, front_desk, nurse):
    intake.finish(link=whole(patient, front_desk))
    client.force_login(front_desk)
    assert "Sertraline" not in client.get(staff(patient)).content.decode()
    client.force_login(nurse)
    page = client.get(staff(patient))
    assert page.content.decode().count("From the patient, not yet confirmed") == 8
    assert "From the patient, not yet confirmed" in client.get(staff(patient, "history")).content.decode()
    row = next(one["from"] for one in page.context["answers"] if one["from"].kind == "medication")
    client.post(reverse("patients:intake-confirm", args=[row.pk]))
    assert client.get(staff(patient)).content.decode().count("From the patient, not yet confirmed") == 7


def test_a_tablet_that_was_handed_over_shows_this_patients_pages_and_nothing_of_staff(client, patient, nurse, site):
    client.force_login(nurse)
    client.get(staff(patient))
    first = client.post(staff(patient, "intake-tablet"), follow=True)
    assert first.redirect_chain[-1][0] == "/p/here/intake/about/"
    assert nurse.full_name not in first.content.decode()
    neighbour = build.patient(site, given_name="Ana")
    for closed in (staff(patient), staff(neighbour), reverse("patients:list"), "/p/here/nowhere/at/all/", "/nowhere/"):
        assert client.get(closed).status_code == 401, closed
        assert client.post(closed).status_code == 401, closed
    assert post(client, "/p/here/intake/about/", WHOLE["about"])["Location"] == "/p/here/intake/medicines/"
    step = IntakeStep.objects.get()
    context = step.pgh_events.get().pgh_context
    assert (context["user"], context["handed_by"]) == (None, str(nurse.pk))
    client.post(reverse("clinic:unlock"), {"password": build.PASSWORD})
    assert client.get(staff(patient)).status_code == 200
    assert client.get("/p/here/intake/about/").status_code == 404


def test_handed_over_by_the_desk_it_asks_the_birth_date(client, patient, front_desk):
    client.force_login(front_desk)
    page = client.post(staff(patient, "intake-tablet"), follow=True)
    assert DOOR in page.content.decode()
    assert client.post("/p/here/", good(patient), follow=True).status_code == 200


def test_handing_over_keeps_the_link_that_the_patient_has_at_home(client, patient, nurse, path):
    client.force_login(nurse)
    client.post(staff(patient, "intake-tablet"))
    assert links.find(token_of(path)).is_good


def test_a_revoked_link_is_shut_and_a_stranger_revokes_none(client, patient, nurse, stranger, path):
    address = reverse("patients:intake-revoke", args=[PatientLink.objects.get().pk])
    client.force_login(stranger)
    assert client.post(address).status_code == 404
    client.force_login(nurse)
    client.post(address)
    assert Client().get(path).status_code == 410


def test_a_locked_link_is_seen_by_staff(client, patient, front_desk, path):
    for _ in range(5):
        Client().post(path, typed(patient.birth_date.replace(year=1990)))
    client.force_login(front_desk)
    assert "Five birth dates were wrong" in client.get(staff(patient)).content.decode()


def test_no_table_holds_the_token(path, client, patient, opened):
    from django.contrib.sessions.models import Session
    from pghistory.models import Context

    token = token_of(path)
    post(client, opened("about"), WHOLE["about"])
    assert IntakeStep.objects.get().pgh_events.get().pgh_context["link"] == str(PatientLink.objects.get().pk)
    assert not any(token in str(one.get_decoded()) for one in Session.objects.all())
    assert not any(token in str(one.metadata) for one in Context.objects.all())
