"""What a text to us says: pure, no database."""

from __future__ import annotations

import pytest

from clinic.models import Site
from reminders import inbound_answers, inbound_rules, text_rules

STOPS = [
    "STOP", "stop", "Stop.", "“Stop!”", "sToP pleaSe", "QUIT", "end", "Revoke", "OPT OUT", "opt-out", "optout",
    "CANCEL", "cancel.", "UNSUBSCRIBE", "STOPALL", "stop all", "Arrêt", "ARRET", "parar", "¡ALTO!", "stop stop stop",
    "please stop texting me", "Please stop sending me these messages!!", "Don’t text me anymore", "do not contact me",
    "no more texts please", "I want to opt out", "take me off your list", "leave me alone",
    "I don't want your reminders",
    "Deje de enviarme mensajes", "no me envíen más", "No quiero recibir más mensajes",
]  # fmt: skip
NOT_STOPS = [
    "I can't stop crying", "Cancel my appointment on Friday", "can I stop by at 9?", "don't stop texting me",
    "I didn't get the text with the link", "when does it end?", "no recibí su mensaje", "", "🙂", "Yes", "running late",
    "please", "I quit my job, so I am free on Friday", "Should I stop taking lithium?",
]  # fmt: skip
URGENT = [
    "I want to die", "i'm going to kill myself", "Suicidal again", "thinking of SUICIDE", "I want to hurt myself",
    "I can’t go on anymore", "I don't want to be here anymore", "they'd be better off without me", "I took an overdose",
    "no quiero vivir", "Me quiero morir", "voy a quitarme la vida", "pienso en hacerme daño",
]  # fmt: skip
NOT_URGENT = [
    "I can't be here at 9", "I can't go on Friday", "I'd die for a coffee", "the battery died", "my knee hurts",
    "kill the reminder please", "no quiero ir el martes",
]  # fmt: skip


@pytest.mark.parametrize("said", STOPS)
def test_a_word_or_sentence_that_says_stop_is_heard(said: str) -> None:
    assert inbound_rules.read(said).word == "stop"


@pytest.mark.parametrize("said", NOT_STOPS)
def test_what_may_mean_something_else_is_for_a_person_to_read(said: str) -> None:
    assert inbound_rules.read(said).needs_reading


@pytest.mark.parametrize("said", ["START", "unstop", "Unstop!", "ALTA", "start please"])
def test_a_word_that_says_start_is_heard(said: str) -> None:
    assert inbound_rules.read(said).word == "start"


@pytest.mark.parametrize("said", ["HELP", "help?", "info", "Ayuda por favor"])
def test_a_word_that_asks_for_help_is_heard(said: str) -> None:
    assert inbound_rules.read(said).word == "help"


@pytest.mark.parametrize("said", URGENT)
def test_words_of_self_harm_call_for_somebody(said: str) -> None:
    assert inbound_rules.read(said).urgent


@pytest.mark.parametrize("said", [*NOT_URGENT, *NOT_STOPS])
def test_everyday_words_call_for_nobody(said: str) -> None:
    assert not inbound_rules.read(said).urgent


def test_stop_and_self_harm_in_one_text_are_both_heard() -> None:
    meaning = inbound_rules.read("stop texting me, I want to die")
    assert (meaning.word, meaning.urgent) == ("stop", True)


def test_a_wrong_number_is_heard_as_one_and_stops() -> None:
    meaning = inbound_rules.read("Sorry, wrong number")
    assert (meaning.word, meaning.wrong) == ("stop", True)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", sorted(inbound_answers.WORDS["en"]))
def test_an_answer_is_one_plain_text_and_says_nothing_clinical(kind: str, language: str) -> None:
    words = inbound_answers.WORDS[language][kind].replace("$site", "W" * 20).replace("$phone", "(555) 010-0000")
    length = text_rules.length(words)
    assert (length.plain, length.fits) == (True, True)
    assert text_rules.forbidden(words) == []


def test_an_answer_names_the_clinic_and_its_phone(site: Site) -> None:
    said = inbound_answers.answer("stop", site=site, language="es")
    assert (
        said
        == "Pine Street: ya no le enviaremos mensajes. Responda ALTA para recibirlos otra vez. Tel. (555) 010-0000."
    )
