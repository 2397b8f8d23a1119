"""How a patient is reached, as staff see and change it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from patients import alerts
from patients.models import Patient
from reminders import own_pages, paging, preferences
from reminders.models import ContactPreference, InboundText, Message, OptOut, StaffPage
from tests import build
from tests.reminders.reaching import PHONE, agree, plan
from tests.twilio import Twilio

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(patient: Patient) -> Patient:
    return agree(patient, "text", "email")


def url(of: Patient) -> str:
    return reverse("reminders:reaching", args=[of.pk])


def test_a_preference_steers_what_is_planned_already(maya: Patient, front_desk: User, client: Client) -> None:
    message = plan(maya)
    assert message.channel == "text"
    client.force_login(front_desk)
    answer = client.post(url(maya), {"do": "prefer", "way": "email"}, follow=True)
    assert "likes to be reached by email" in answer.content.decode()
    message.refresh_from_db()
    assert message.channel == "email"
    assert plan(maya).channel == "email"
    assert ContactPreference.objects.get().set_by == front_desk


def test_what_is_planned_both_ways_stays_as_it_is(maya: Patient, front_desk: User) -> None:
    message = plan(maya)
    twin = {"subject_kind": message.subject_kind, "subject_id": message.subject_id, "occurrence": message.occurrence}
    Message.objects.create(
        kind=message.kind, patient=maya, site=maya.site, channel="email", due_at=message.due_at,
        expires_at=message.expires_at, template_version="1", **twin,
    )  # fmt: skip
    preferences.prefer(patient_id=maya.pk, way="email", by=front_desk)
    message.refresh_from_db()
    assert message.channel == "text"


def test_who_wants_to_be_called_is_written_nothing(maya: Patient, front_desk: User) -> None:
    preferences.prefer(patient_id=maya.pk, way="call", by=front_desk)
    assert preferences.way(maya, "text") == (None, "The patient wants to be called and written nothing.")
    assert preferences.held_back(maya)


def test_an_agreement_taken_back_closes_the_channel(maya: Patient) -> None:
    maya.contact_consents.filter(channel="text").update(revoked_at=clock.now())
    assert preferences.way(maya, "text") == ("email", "The patient has not agreed to texts.")


def test_a_word_on_the_phone_stops_and_lets_go_again(maya: Patient, front_desk: User, client: Client) -> None:
    client.force_login(front_desk)
    said = {"do": "stop", "channel": "text", "words": "No texts at work, please"}
    page = client.post(url(maya), said, follow=True).content.decode()
    assert "No texts at work, please" in page
    assert "told a member of staff" in page
    assert preferences.channel_for(maya) == "email"
    client.post(url(maya), said)
    assert OptOut.objects.get().taken_by == front_desk
    client.post(url(maya), {"do": "resume", "channel": "text"})
    assert preferences.channel_for(maya) == "text"


def test_a_stop_by_text_is_taken_back_by_text_alone(maya: Patient, front_desk: User, client: Client) -> None:
    OptOut.objects.create(patient=maya, channel="text", address=PHONE, source="text", words="STOP")
    with pytest.raises(Refused, match="text START"):
        preferences.resume(patient_id=maya.pk, channel="text", by=front_desk)
    client.force_login(front_desk)
    page = client.get(url(maya)).content.decode()
    assert "They want it again" not in page
    assert "they text START from the same phone" in page


def test_what_was_said_to_a_provider_of_email_is_taken_back_there(maya: Patient, front_desk: User) -> None:
    OptOut.objects.create(patient=maya, channel="email", address=maya.email, source="provider", words="Told")
    with pytest.raises(Refused, match="undo it there"):
        preferences.resume(patient_id=maya.pk, channel="email", by=front_desk)
    with pytest.raises(Invalid):
        preferences.resume(patient_id=maya.pk, channel="pigeon", by=front_desk)


@pytest.mark.parametrize("empty", [{"way": "pigeon"}, {"way": ""}])
def test_an_unknown_way_is_refused(maya: Patient, front_desk: User, empty: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        preferences.prefer(patient_id=maya.pk, by=front_desk, **empty)


def test_a_stop_without_words_is_asked_for_them(maya: Patient, front_desk: User, client: Client) -> None:
    client.force_login(front_desk)
    answer = client.post(url(maya), {"do": "stop", "channel": "text", "words": " "})
    assert answer.status_code == 422
    assert "Write what the patient said" in answer.content.decode()
    assert not OptOut.objects.exists()


def test_only_those_who_edit_the_record_change_it(maya: Patient, stranger: User, therapist: User) -> None:
    for who, error in ((stranger, NotFound), (therapist, NotPermitted)):
        with pytest.raises(error):
            preferences.prefer(patient_id=maya.pk, way="email", by=who)
        with pytest.raises(error):
            preferences.stop(patient_id=maya.pk, channel="text", words="no", by=who)


@pytest.fixture
def urgent(maya: Patient, site: Site) -> InboundText:
    return InboundText.objects.create(
        provider_id="SM1", sender=PHONE, number="+1", words="I want to die", reading="urgent", site=site, patient=maya
    )


def test_words_of_self_harm_are_for_clinical_eyes(
    maya: Patient, urgent: InboundText, front_desk: User, nurse: User, client: Client
) -> None:
    text_url = reverse("reminders:inbound", args=[urgent.pk])
    for who, status in ((front_desk, 403), (nurse, 200)):
        client.force_login(who)
        page = client.get(url(maya)).content.decode()
        assert ("I want to die" in page, "self-harm" in page) == (status == 200, status == 200)
        assert client.get(text_url).status_code == status


def test_the_page_asks_as_much_for_three_texts_as_for_one(
    maya: Patient, urgent: InboundText, nurse: User, client: Client, django_assert_num_queries
) -> None:
    client.force_login(nurse)
    client.get(url(maya))
    with django_assert_num_queries(13):
        client.get(url(maya))
    for number in (2, 3):
        InboundText.objects.create(
            provider_id=f"SM{number}", sender=PHONE, number="+1", words="Hello", reading="free", site=maya.site
        )
    with django_assert_num_queries(13):
        client.get(url(maya))


def test_the_chart_says_at_once_what_does_not_reach_them(maya: Patient, front_desk: User, client: Client) -> None:
    with clock.at(build.moment(maya.site, "2027-03-14", "10:02")):
        OptOut.objects.create(patient=maya, channel="text", address=PHONE, source="text", words="STOP")
    client.force_login(front_desk)
    assert "No texts: STOP on 14 Mar 10:02" in client.get(maya.get_absolute_url()).content.decode()


def test_an_alert_shows_the_text_that_opened_it(
    maya: Patient, urgent: InboundText, nurse: User, client: Client
) -> None:
    alert = alerts.open_early(maya, is_high=False)
    urgent.alerts.add(alert)
    client.force_login(nurse)
    assert "I want to die" in client.get(reverse("patients:alert", args=[alert.pk])).content.decode()


def test_staff_set_their_mobile_number_and_are_paged_there(
    provider: User, patient: Patient, client: Client, twilio: Twilio, mailoutbox: list[object]
) -> None:
    client.force_login(provider)
    own = reverse("reminders:own-pages")
    assert client.post(own, {"mobile": "123"}).status_code == 422
    assert "(310) 555-0177" in client.post(own, {"mobile": "310 555 0177"}, follow=True).content.decode()
    alert = alerts.open_early(patient, is_high=False)
    assert paging.run().sent == 2
    [text] = twilio.texts
    assert (text["To"], str(alert.pk) in text["Body"], "Maya" in text["Body"]) == ("+13105550177", True, False)
    twilio.report(client, text, "undelivered", code="30003")
    page = StaffPage.objects.get(channel="text")
    assert (page.state, page.why) == ("failed", "It did not arrive: The phone is switched off or out of reach.")
    assert len(mailoutbox) == 1


def test_staff_who_said_stop_are_paged_by_email_and_told_so(
    provider: User, patient: Patient, client: Client, twilio: Twilio
) -> None:
    own_pages.set_mobile(number="+13105550177", by=provider)
    twilio.write(client, "STOP", "+13105550177", "SM1")
    alerts.open_early(patient, is_high=False)
    assert set(StaffPage.objects.values_list("channel", flat=True)) == {"email"}
    client.force_login(provider)
    assert "This number said STOP" in client.get(reverse("reminders:own-pages")).content.decode()
    twilio.write(client, "START", "+13105550177", "SM2")
    assert "said STOP" not in client.get(reverse("reminders:own-pages")).content.decode()
