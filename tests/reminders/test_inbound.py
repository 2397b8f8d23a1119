"""Texts that come in, through the door that Twilio knocks at."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from clinic import clock
from clinic.models import Site, User
from patients import registration
from patients.models import Patient, SafetyAlert
from reminders import preferences
from reminders.models import ContactPreference, FollowUp, InboundText, OptOut, StaffPage, Unreachable
from tests import build
from tests.reminders.reaching import PHONE, agree
from tests.twilio import Twilio

pytestmark = pytest.mark.django_db
URL = "http://localhost:8000/reminders/texts/in/"


@pytest.fixture
def maya(patient: Patient, twilio: Twilio) -> Patient:
    return agree(patient, "text", "email")


@pytest.fixture
def ten(site: Site) -> datetime:
    return build.moment(site, "2027-03-14", "10:02")


def write(twilio: Twilio, client: Client, body: str, *, sid: str = "SM1", sender: str = PHONE, **more: str) -> str:
    answer = twilio.write(client, body, sender, sid, **more)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    return answer.content.decode()


def test_stop_ends_all_texts_at_once_is_confirmed_once_and_stands_on_the_chart(
    client: Client, maya: Patient, twilio: Twilio, ten: datetime
) -> None:
    assert preferences.channel_for(maya) == "text"
    with clock.at(ten):
        answer = write(twilio, client, "Stop please!")
    assert "<Message>Pine Street: you get no more texts from us." in answer
    assert preferences.way(maya, "text") == ("email", "The patient asked for no more messages.")
    assert [one.sentence for one in preferences.notices(maya)] == ["No texts: STOP on 14 Mar 10:02"]
    assert write(twilio, client, "STOP", sid="SM2").endswith("<Response></Response>")
    assert OptOut.objects.count() == 1
    assert not FollowUp.objects.exists()


def test_stop_with_no_other_way_left_asks_the_front_desk_to_call(
    client: Client, maya: Patient, twilio: Twilio, front_desk: User
) -> None:
    maya.contact_consents.filter(channel="email").update(revoked_at=clock.now())
    write(twilio, client, "QUIT")
    assert preferences.way(maya, "text")[0] is None
    assert FollowUp.objects.get().kind == "ask_how_to_reach"
    registration.agree_to_contact(patient_id=maya.pk, channel="email", by=front_desk)
    assert FollowUp.objects.get().outcome == "A way to them is open."


def test_stop_holds_for_everybody_who_has_the_number(
    client: Client, maya: Patient, twilio: Twilio, other_site: Site, ten: datetime
) -> None:
    luis = agree(build.patient(other_site, given_name="Luis"), "text")
    with clock.at(ten):
        write(twilio, client, "alto")
    later = agree(build.patient(other_site, given_name="Ana"), "text")
    assert all(preferences.ways(one).shut["text"] for one in (maya, luis, later))
    said = [[one.sentence for one in preferences.notices(person)] for person in (luis, later)]
    own = "No texts: STOP on 14 Mar 12:02"
    assert said == [[own], [f"{own}, by another person with this number"]]


def test_what_leads_to_one_person_is_what_is_read_for_many(maya: Patient, other_site: Site) -> None:
    people = [maya, build.patient(other_site), *(agree(build.patient(other_site), "text", "email") for _ in range(2))]
    people[3].phone, people[3].email = "", "Luis@Example.org"
    people[3].save()
    ContactPreference.objects.create(patient=people[2], way="email")
    OptOut.objects.create(patient=people[2], channel="text", words="No texts")
    OptOut.objects.create(channel="text", address=PHONE, words="STOP")
    Unreachable.objects.create(channel="email", address="luis@example.org", why="Letters come back.")
    many = preferences.ways_of(people)
    assert [preferences.ways(one) for one in people] == [many[one.pk] for one in people]
    assert {why for found in many.values() for why in found.shut.values()} >= {"", "Letters come back."}


def test_stop_goes_with_the_person_to_a_new_number(client: Client, maya: Patient, twilio: Twilio) -> None:
    write(twilio, client, "STOP")
    maya.phone = "+13105550188"
    maya.save()
    assert preferences.ways(maya).shut["text"]


def test_start_lets_texts_go_out_again_where_they_were_agreed_to(client: Client, maya: Patient, twilio: Twilio) -> None:
    write(twilio, client, "STOP")
    assert "you get our texts again" in write(twilio, client, "Unstop", sid="SM2")
    assert preferences.channel_for(maya) == "text"
    maya.contact_consents.update(revoked_at=clock.now())
    assert "please call us" in write(twilio, client, "START", sid="SM3")
    assert preferences.ways(maya).shut["text"] == "The patient has not agreed to texts."


def test_help_is_answered_in_the_language_of_the_patient(client: Client, maya: Patient, twilio: Twilio) -> None:
    Patient.objects.filter(pk=maya.pk).update(language="es")
    assert "mensajes sobre sus citas" in write(twilio, client, "ayuda")
    assert not FollowUp.objects.exists()


def test_what_only_a_person_understands_becomes_a_task_and_is_answered_once_in_a_while(
    client: Client, maya: Patient, twilio: Twilio
) -> None:
    assert "we read this in our opening hours" in write(twilio, client, "Can I bring my <dog>?")
    assert "<Message>" not in write(twilio, client, "A small one", sid="SM2")
    first, second = FollowUp.objects.order_by("opened_at")
    assert (first.kind, first.title, first.owner_role) == ("text_read", "Read a text from Maya Torres", "front_desk")
    assert second.patient == maya
    assert preferences.channel_for(maya) == "text"


def test_words_of_self_harm_call_for_somebody_now(
    client: Client, maya: Patient, twilio: Twilio, provider: User, ten: datetime
) -> None:
    with clock.at(ten):
        answer = write(twilio, client, "I don't want to live anymore")
    assert "call or text 988 now" in answer
    task, alert = FollowUp.objects.get(kind="text_urgent"), SafetyAlert.objects.get()
    assert (task.owner_role, task.due_at) == ("nurse", ten + timedelta(minutes=15))
    assert (alert.patient, alert.grade) == (maya, "unscreened")
    assert alert.texts.get().words == "I don't want to live anymore"
    assert StaffPage.objects.get().recipient == provider
    assert preferences.channel_for(maya) == "text"


def test_stop_together_with_self_harm_does_both(client: Client, maya: Patient, twilio: Twilio, provider: User) -> None:
    answer = write(twilio, client, "stop texting me, i want to die")
    assert "no more texts" in answer
    assert "988" in answer
    assert preferences.ways(maya).shut["text"]
    assert FollowUp.objects.filter(kind="text_urgent").exists()


def test_a_text_from_nobody_we_know_is_read_too(client: Client, site: Site, twilio: Twilio) -> None:
    write(twilio, client, "Is this the clinic?", sender="+13105550100")
    task = FollowUp.objects.get()
    assert (task.site, task.patient, task.title) == (site, None, "Read a text from (310) 555-0100")
    write(twilio, client, "STOP", sid="SM2", sender="+13105550100")
    assert OptOut.objects.get().patient is None


def test_a_wrong_number_is_written_to_no_more_and_mended(
    client: Client, maya: Patient, twilio: Twilio, front_desk: User
) -> None:
    write(twilio, client, "Wrong number!")
    assert FollowUp.objects.get(kind="mend_phone").patient == maya
    registration.update(patient_id=maya.pk, by=front_desk, phone="(310) 555-0199")
    maya.refresh_from_db()
    assert preferences.channel_for(maya) == "text"
    assert FollowUp.objects.get(kind="mend_phone").state == "done"


def test_what_the_provider_has_answered_itself_is_not_answered_again(
    client: Client, maya: Patient, twilio: Twilio
) -> None:
    assert "<Message>" not in write(twilio, client, "stop", OptOutType="STOP")
    assert preferences.ways(maya).shut["text"]


def test_a_text_told_twice_is_one_text_with_one_answer(client: Client, maya: Patient, twilio: Twilio) -> None:
    first = write(twilio, client, "Hello?")
    assert write(twilio, client, "Hello?") == first
    assert (InboundText.objects.count(), FollowUp.objects.count()) == (1, 1)


@pytest.mark.parametrize("forgery", ["none", "other token", "other words"])
def test_a_forged_text_is_refused_and_changes_nothing(
    forgery: str, client: Client, maya: Patient, twilio: Twilio
) -> None:
    form = {"MessageSid": "SM1", "From": PHONE, "To": "+1", "Body": "STOP"}
    if forgery == "none":
        answer = client.post("/reminders/texts/in/", form)
    elif forgery == "other token":
        answer = twilio.post(client, URL, form, token="guessed")
    else:
        made = Client(headers={"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="})
        answer = made.post("/reminders/texts/in/", form)
    assert answer.status_code == 403
    assert not InboundText.objects.exists()
    assert not OptOut.objects.exists()


def test_without_twilio_the_door_stays_shut(client: Client, maya: Patient, twilio: Twilio, settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    form = {"MessageSid": "SM1", "From": PHONE, "To": "+1", "Body": "STOP"}
    assert twilio.post(client, URL, form, token="").status_code == 403


def test_what_stands_beside_a_stop_is_for_clinical_staff_alone(
    client: Client, maya: Patient, twilio: Twilio, front_desk: User
) -> None:
    write(twilio, client, "stop texting me, i want to die")
    client.force_login(front_desk)
    for page in ("reaching/", "messages/"):
        shown = client.get(f"/reminders/patients/{maya.pk}/{page}", follow=True).content.decode()
        assert "want to die" not in shown
    assert "want to die" not in client.get(maya.get_absolute_url()).content.decode()


def test_a_second_number_does_not_undo_what_the_patient_said(client: Client, maya: Patient, twilio: Twilio) -> None:
    second = "+13105550177"
    Patient.objects.filter(pk=maya.pk).update(phone_other=second)
    write(twilio, client, "STOP")
    write(twilio, client, "START", sid="SM2", sender=second)
    maya.refresh_from_db()
    assert preferences.ways(maya).shut["text"] == "The patient asked for no more messages."
    write(twilio, client, "START", sid="SM3")
    assert preferences.ways(maya).open[0] == "text"


def test_a_task_names_nobody_of_another_site(client: Client, maya: Patient, twilio: Twilio, other_site: Site) -> None:
    agree(build.patient(other_site, given_name="Luis", family_name="Quillfeather"), "text")
    write(twilio, client, "Can I come later?")
    assert FollowUp.objects.get().title == f"Read a text from {maya.name}"
