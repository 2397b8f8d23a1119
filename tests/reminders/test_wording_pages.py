"""The admin's pages of words: written, looked at with a real patient, tried, restored."""

import pytest
from django.urls import reverse

from clinic.models import ReadEvent
from clinic.policy import Role
from reminders import wordings
from reminders.models import Message, SenderName, Wording
from tests import build
from tests.reminders.reaching import agree, plan
from tests.reminders.test_wording_edits import GOOD

pytestmark = pytest.mark.django_db
EDITOR = ["appointment_24h", "en"]


@pytest.fixture
def admin(client, site):
    user = build.user(Role.CLINIC_ADMIN, at=site)
    client.force_login(user)
    return user


def address(name="wording", args=EDITOR):
    return reverse(f"reminders:{name}", args=args)


def test_every_kind_stands_on_the_list_with_whose_words_it_has(client, admin, site):
    Wording.objects.create(site=site, kind="slot_gone", language="es", version=1, made_by=admin, **GOOD)
    said = client.get(reverse("reminders:words")).content.decode()
    assert said.count("Of the house") == 39
    assert "Version 1" in said


def test_new_words_are_kept_and_hold_from_now_on(client, admin, site):
    answer = client.post(address(), GOOD | {"based_on": "2", "note": "Warmer"})
    assert answer.status_code == 302
    assert wordings.newest("appointment_24h", "en", site=site).subject == GOOD["subject"]


def test_what_waits_to_be_sent_is_said_in_the_new_words_where_that_is_ticked(client, admin, site):
    message = plan(agree(build.patient(site), "email"))
    assert "Say what waits to be sent (1) in these words, too" in client.get(address()).content.decode()
    client.post(address(), GOOD | {"based_on": "2", "planned_too": "on"})
    message.refresh_from_db()
    assert message.template_version == "own 1"


def test_words_that_are_refused_are_kept_on_the_page_with_the_sentence(client, admin):
    refused = {"based_on": "2", "text": "$site: your ketamine, $day $time STOP", "who": "Maya"}
    answer = client.post(address(), GOOD | refused)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert said.count("“ketamine” tells") == 2  # at the top and beside the field, and not a third time
    assert "Nobody is found" not in said
    assert "$site: your ketamine, $day $time STOP" in said
    assert not Wording.objects.exists()


def test_the_count_follows_the_typing_and_keeps_nothing(client, admin):
    said = client.post(address("wording-look"), GOOD | {"text": "$site: $day $time STOP" + "x" * 160}).content.decode()
    assert "Too long" in said
    assert "206 of 160" in said.replace("</span>", "")
    assert not Wording.objects.exists()


def test_the_preview_shows_a_real_patient_sends_nothing_and_is_written_down(client, admin, site):
    maya = build.patient(site, given_name="Marisol", family_name="Quint")
    said = client.post(address("wording-look"), GOOD | {"who": "Quint"}).content.decode()
    assert "Dear Marisol" in said
    assert ReadEvent.objects.filter(patient_id=maya.pk, user_id=admin.pk).exists()
    assert not Message.objects.exists()


def test_the_preview_asks_who_is_meant_where_several_may_be(client, admin, site):
    for name in ("Ana", "Eva"):
        build.patient(site, given_name=name, family_name="Quint")
    said = client.post(address("wording-look"), GOOD | {"who": "Quint"}).content.decode()
    assert "Ana Quint" in said
    assert "Eva Quint" in said
    assert "Dear Maya" in said
    assert not ReadEvent.objects.exists()


def test_a_patient_of_another_site_is_not_shown(client, admin):
    other = build.patient(build.site("Lakeside"), given_name="Marisol", family_name="Quint")
    assert client.post(address("wording-look"), GOOD | {"patient": str(other.pk)}).status_code == 404
    assert "Dear Marisol" not in client.post(address("wording-look"), GOOD | {"who": "Quint"}).content.decode()


@pytest.mark.parametrize("patient", ["1", "x"])
def test_an_id_that_is_none_does_not_exist(client, admin, patient):
    assert client.post(address("wording-look"), GOOD | {"patient": patient}).status_code == 404


def test_a_test_goes_to_the_admins_own_address_and_says_both(client, admin, sink):
    client.post(address("wording-test"))
    [letter] = sink.letters
    assert letter["To"] == admin.email
    assert letter["Subject"] == "Test: Your visit tomorrow"
    assert "As a text message:" in letter.get_content()


def test_an_older_version_is_restored(client, admin, site):
    client.post(address(), GOOD | {"based_on": "2"})
    client.post(address("wording-restore"), {"version": "house"})
    assert wordings.newest("appointment_24h", "en", site=site).subject == "Your visit tomorrow"


def test_the_name_of_the_sender_is_kept_or_refused(client, admin, site):
    assert client.post(reverse("reminders:sender"), {"name": "Pine"}).status_code == 302
    answer = client.post(reverse("reminders:sender"), {"name": "Pine Infusions"})
    assert answer.status_code == 422
    assert "“infusions” tells" in answer.content.decode()
    assert SenderName.objects.get().name == "Pine"


@pytest.mark.parametrize("args", [["nothing", "en"], ["appointment_24h", "fr"]])
@pytest.mark.parametrize("name", ["wording", "wording-look", "wording-restore", "wording-test"])
def test_a_kind_or_language_without_words_has_no_page(client, admin, name, args):
    assert client.post(address(name, args)).status_code == 404
