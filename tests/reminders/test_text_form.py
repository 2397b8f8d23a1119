"""A message as a text: in the plain alphabet, in one piece, in the language the patient has when it is sent."""

import json
from pathlib import Path

import pytest

from clinic import clock
from reminders import dispatch, text_rules, wordings
from reminders.checks import check_texts_fit
from reminders.message_kinds import KINDS
from reminders.models import Message
from reminders.templates import LAST_RESORT, Template, in_text
from reminders.text_rules import length, nearest
from tests import build
from tests.reminders.reaching import agree, plan

SPANISH = "El sábado aquí, ¿confirma? ¡Sí! Señor Núñez, pingüino – “está” … día\u00a0próximo"


LONG = "https://our-most-wonderful-clinic.example.org"


def test_spanish_is_written_in_the_plain_alphabet():
    plain = nearest(SPANISH)
    assert plain == 'El sabado aqui, ¿confirma? ¡Si! Señor Nuñez, pingüino - "esta" ... dia proximo'
    assert length(plain) == text_rules.Length(len(plain), 160, plain=True)


@pytest.mark.parametrize(
    ("text", "used", "limit"),
    [
        ("x" * 160, 160, 160),
        ("x" * 161, 161, 160),
        ("[x]", 5, 160),  # behind an escape each
        ("€", 2, 160),
        ("á", 1, 70),
        ("👍" * 35, 70, 70),  # two halves each
        ("é" * 160, 160, 160),
    ],
)
def test_what_a_text_costs(text, used, limit):
    cost = length(text)
    assert (cost.used, cost.limit, cost.fits) == (used, limit, used <= limit)


@pytest.mark.parametrize(("name", "said"), [("Łukasz", "Lukasz"), ("Zoë", "Zoe"), ("Đặng", "Dang"), ("美咲", "")])
def test_a_name_is_written_with_the_nearest_letters(name, said):
    assert nearest(name) == said


def test_values_are_short_in_a_text():
    said = in_text({"first_name": "Maximiliana-Josephine", "site": "Pine Street Medical Center\nof Ojai", "day": "x"})
    assert said == {"first_name": "Maximiliana-Jos", "site": "Pine Street Medical", "day": "x"}


def test_words_that_would_be_too_long_give_way_to_the_address():
    words = Template("several", "1", "en", "s", "b", "$site: $items and so on. $link STOP")
    values = {"site": "Pine", "items": "x" * 160, "link": "https://x.example/p/1/", "phone": "(555) 010-0000"}
    said = words.as_text(values)
    assert said == "Pine: https://x.example/p/1/ Call (555) 010-0000. STOP to opt out"
    assert set(LAST_RESORT) == {"en", "es"}


def test_a_letter_with_a_hole_never_goes_out():
    words = Template("slot_gone", "1", "en", "s", "$day", "$day")
    for values in ({"site": "Pine", "phone": "1"}, {"site": "Pine", "day": "Tue"}):
        with pytest.raises(KeyError):
            words.fill(values)
        with pytest.raises(KeyError):
            words.check(values)
    words.check({"site": "Pine", "phone": "1", "day": "Tue"})


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (["visit"], "visit"),
        (["visit", "questions", "visit"], "visit, questions"),
        (["visit Tue Feb 9 10:30 AM", "how are you"], "visit Tue Feb 9 10:30 AM, how are you"),
        (["visit Tue Feb 9 10:30 AM", "visit Tue Feb 9 1:00 PM", "questions"], "visit Tue Feb 9 10:30 AM, and more"),
        (["your dates", "how to prepare", "questions"], "your dates, how to prepare, questions"),
    ],
)
def test_several_things_are_said_as_far_as_there_is_room(items, said):
    assert wordings.listed(items, "en") == said
    assert len(said) <= 37


@pytest.mark.django_db
def test_the_language_is_the_one_the_patient_has_when_it_is_sent(patient):
    message = plan(agree(patient, "text"))
    patient.language = "es"
    patient.save()
    message.refresh_from_db()
    letter = wordings.letter(message)
    assert letter.subject == "Su visita de mañana"
    assert letter.text.startswith("Pine Street: visita mié 3 feb 9:00 AM. Preparese: http")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", [key for key, one in KINDS.items() if not one.own_link and not one.only_text])
def test_every_text_names_its_sender_says_stop_and_fits(patient, kind, language):
    patient.language = language
    moments = {"dates_at": "2027-02-03T17:00:00+00:00"} if kind == "visits_booked" else {}
    timed = KINDS[kind].may | KINDS[kind].must
    at = {"at": "2027-02-03T17:00:00+00:00"} if "time" in timed else {}
    said = wordings.letter(plan(agree(patient, "text"), kind=kind, values=moments | at)).text
    assert said.startswith("Pine Street: ")
    assert "STOP" in said
    assert length(said).plain
    assert len(said) <= 160


@pytest.mark.django_db
def test_j0_on_6_february_one_text_goes_out_that_says_both(patient, site, settings):
    agree(patient, "text")
    Path(settings.TEXTS_FILE).unlink(missing_ok=True)
    given = {"kind": "appointment_72h", "values": {"at": build.moment(site, "2027-02-09").isoformat()}}
    day, end = "2027-02-06", build.moment(site, "2027-02-06", "16:00")
    plan(patient, **given, due_at=build.moment(site, day, "09:00"), expires_at=build.moment(site, "2027-02-09"))
    plan(patient, kind="checkin_24h", values={}, due_at=build.moment(site, day, "09:52"), expires_at=end)
    for hour in ("09:00", "09:52", "12:00"):
        with clock.at(build.moment(site, day, hour)):
            dispatch.dispatch_due()
    [text] = [json.loads(line)["text"] for line in Path(settings.TEXTS_FILE).read_text().splitlines()]
    assert text.startswith("Pine Street: visit Tue Feb 9 9:00 AM, how are you. See: http")
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SENT}


@pytest.mark.parametrize(("address", "warned"), [("https://clinic.example.org", False), (LONG, True)])
def test_an_address_that_is_too_long_for_texts_is_told_before_it_is_used(settings, address, warned):
    settings.PUBLIC_URL = address
    found = check_texts_fit(None)
    assert [one.id for one in found] == (["evenkeel.W001"] if warned else [])


def test_no_value_brings_a_line_of_its_own_into_the_subject():
    words = Template("appointment_24h", "1", "en", "For $first_name", "Hello", "Hello")
    filled = words.fill({"first_name": "Maya\r\nBcc: all@example.org", "site": "Pine Street", "phone": "1"})
    assert filled.subject == "For Maya Bcc: all@example.org"
