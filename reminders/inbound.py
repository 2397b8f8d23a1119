"""A text that somebody sends us: kept, read, followed at once where it says stop, and answered once.

STOP is heard for the number, whoever has it: one phone may belong to two patients. What only a person can understand
goes to the front desk; what speaks of self-harm calls for somebody on call, as any such answer does.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from patients import alerts, phones
from patients.models import ContactConsent, Patient
from patients.rows import locked_patients
from reminders import followups, inbound_answers, inbound_rules, mending
from reminders.channels import texts
from reminders.inbound_rules import Meaning
from reminders.models import InboundText, OptOut

Channel = ContactConsent.Channel
Reading = InboundText.Reading
MINUTES_URGENT, HOURS_FREE = 15, 4
ONCE_IN = timedelta(hours=12)  # what only says that we will read it; two machines don't talk to each other for ever


@transaction.atomic
def receive(*, provider_id: str, sender: str, number: str, words: str, keyword: str = "") -> InboundText:
    """Keep a text and do what it says; the same one again changes nothing, and has the same answer.

    `keyword` is what the provider took it for and has answered itself (Twilio's OptOutType): we answer no more then.
    """
    people = _people(sender)
    meaning = _meaning(words, keyword)
    text, created = InboundText.objects.get_or_create(
        provider_id=provider_id,
        defaults={
            "sender": sender,
            "number": number,
            "words": words,
            "received_at": clock.now(),
            "reading": _reading(meaning),
            "site": people[0].site if people else Site.objects.filter(is_active=True).order_by("name")[0],
            "patient": people[0] if len(people) == 1 else None,
        },
    )
    if created:
        kind = _follow(text, meaning, people)
        if meaning.urgent:
            _call_for_somebody(text, people)
        elif meaning.needs_reading:
            _let_read(text, people)
        text.answer = "" if keyword else _answer(kind, text, people)
        text.save(update_fields=["answer"])
    return text


def _meaning(words: str, keyword: str) -> Meaning:
    known = {"STOP": "stop", "START": "start", "HELP": "help"}.get(keyword.upper(), "")
    said = inbound_rules.read(words)
    return Meaning(word=known, urgent=said.urgent, wrong=said.wrong) if known else said


def _reading(meaning: Meaning) -> InboundText.Reading:
    if meaning.urgent:
        return Reading.URGENT
    return Reading(meaning.word) if meaning.word else Reading.FREE


def _people(number: str) -> list[Patient]:
    """Everybody who may have written: who has this number, else who named it as a second one."""
    known = mending.people_at(Channel.TEXT, number)
    return known or list(Patient.objects.select_related("site").filter(phone_other=number).order_by("registered_at"))


def _follow(text: InboundText, meaning: Meaning, people: list[Patient]) -> str:
    """Do what it asks for. Answers which words it is answered with, or nothing."""
    if meaning.word == "stop":
        return _stop(text, meaning, people)
    if meaning.word == "start":
        return _start(text, people)
    if meaning.urgent:
        return "urgent"
    if meaning.word == "help":
        return "help"
    lately = InboundText.objects.filter(
        sender=text.sender, reading=Reading.FREE, received_at__gt=clock.now() - ONCE_IN
    ).exclude(answer="")
    return "" if texts.is_stopped(text.sender) or lately.exists() else "free"


def _stop(text: InboundText, meaning: Meaning, people: list[Patient]) -> str:
    """All automated texts to the number end now; confirmed once, however often it is said."""
    before = texts.is_stopped(text.sender)
    if meaning.wrong:  # it was nobody we know who said so
        why = "Whoever has this number says it is a wrong one."
        mending.dead_end(channel=Channel.TEXT, address=text.sender, why=why)
    mending.stop_at(
        channel=Channel.TEXT,
        address=text.sender,
        words="STOP" if meaning.urgent else text.words,  # the rest is for clinical staff alone
        source=OptOut.Source.TEXT,
        people=[] if meaning.wrong else people,
    )
    if meaning.urgent:
        return "stop_urgent"
    return "" if before else "stop"


def _start(text: InboundText, people: list[Patient]) -> str:
    """Texts to the number go out again, where those who have it agreed to them before; so do pages to staff.

    What a patient said from their own number stays, when somebody whom they named as a second one wants texts.
    """
    standing = OptOut.objects.filter(channel=Channel.TEXT, until__isnull=True)
    theirs = [patient for patient in people if patient.phone == text.sender]
    standing.filter(Q(address=text.sender) | Q(patient__in=theirs)).update(until=clock.now())
    for patient in people:
        mending.look_again(patient)
    agreed = ContactConsent.objects.filter(patient__in=people, channel=Channel.TEXT, revoked_at__isnull=True)
    return "start" if agreed.exists() or User.objects.filter(mobile=text.sender).exists() else "ask_first"


def _call_for_somebody(text: InboundText, people: list[Patient]) -> None:
    """A nurse is asked to call within a quarter of an hour, and whoever is on call is paged."""
    for patient in locked_patients().filter(pk__in=[one.pk for one in people]).order_by("pk"):
        text.alerts.add(alerts.open_early(patient, is_high=False))
    _task(text, people, "text_urgent", "Call {} now: a text asks for help", timedelta(minutes=MINUTES_URGENT))


def _let_read(text: InboundText, people: list[Patient]) -> None:
    _task(text, people, "text_read", "Read a text from {}", timedelta(hours=HOURS_FREE))


def _task(text: InboundText, people: list[Patient], kind: str, title: str, within: timedelta) -> None:
    """One task for one text; it names everybody of the site who has the number."""
    here = [patient.name for patient in people if patient.site_id == text.site_id]
    names = " or ".join(here) or phones.shown(text.sender)
    followups.open_task(
        kind=kind, site=text.site, patient=text.patient, title=title.format(names), subject_kind="inbound_text",
        subject_id=text.pk, due_at=clock.now() + within, link=reverse("reminders:inbound", args=[text.pk]),
    )  # fmt: skip


def _answer(kind: str, text: InboundText, people: list[Patient]) -> str:
    if not kind:
        return ""
    language = people[0].language if len({patient.language for patient in people}) == 1 else "en"
    return inbound_answers.answer(kind, site=text.site, language=language)
