"""On which channel a patient may be reached, which they like best, and what they do not want to be sent.

A channel is open when there is an address that works, the patient agreed to it (patients.registration) and nobody said
stop. What was agreed stays written down when somebody says stop: the stop lies over it, and is the later word
(protocol 7.3; 47 CFR 64.1200).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, UUIDField, Value

from clinic import clock
from clinic.composed import ComposedValues
from clinic.errors import Invalid, Refused
from clinic.gathering import Given
from clinic.models import User
from clinic.policy import Action, require
from patients.models import ContactConsent, Patient
from patients.rows import patient_for
from reminders.channels import texts
from reminders.models import ContactPreference, Message, OptOut, Unreachable

Channel = ContactConsent.Channel
Way = ContactPreference.Way
FIRST = (Channel.TEXT, Channel.EMAIL)  # texts are read (protocol 7.1, S-Tang); who agreed to both gets them
NOUNS = {Channel.TEXT: "texts", Channel.EMAIL: "email"}
NOWHERE = {Channel.TEXT: "There is no phone number.", Channel.EMAIL: "There is no email address."}
UNDONE_THERE = {
    Channel.TEXT: "They said STOP by text. Ask them to text START to our number from the same phone.",
    Channel.EMAIL: "They told their provider of email to stop. Ask them to undo it there.",
}

Agreed = set[tuple[UUID | None, str]]
Stops = set[tuple[UUID | None, str, str]]
Told = tuple[str, UUID | None, str, str, str]


@dataclass(frozen=True)
class Ways:
    """What leads to a patient: why each channel is closed (nothing where it is open), and what they like best."""

    shut: dict[Channel, str]
    prefers: str

    @property
    def open(self) -> list[Channel]:
        """The open channels, the best first."""
        return sorted((one for one in FIRST if not self.shut[one]), key=lambda one: one != self.prefers)

    def instead_of(self, planned: str) -> tuple[Channel | None, str]:
        """The planned channel while it is open, else the best of the others, and why; None when every one is shut."""
        why = self.shut[Channel(planned)]
        if not why:
            return Channel(planned), ""
        return (self.open[0] if self.open else None), why


def address_of(patient: Patient, channel: str) -> str:
    return patient.phone if channel == Channel.TEXT else patient.email.lower()


def stops(*patients: Patient) -> QuerySet[OptOut]:
    """What stands between us and the patients: their own word, or that of whoever else has their number."""
    theirs = Q(patient__in=patients) | _at_their_addresses(patients)
    return OptOut.objects.filter(theirs, until__isnull=True)


def dead_ends(*patients: Patient) -> QuerySet[Unreachable]:
    """Those of the patients' addresses at which nobody can be reached."""
    return Unreachable.objects.filter(_at_their_addresses(patients), until__isnull=True)


def _at_their_addresses(patients: Collection[Patient]) -> Q:
    here = Q(pk__in=[])
    for channel in FIRST:
        addresses = {address_of(patient, channel) for patient in patients} - {""}
        here |= Q(channel=channel, address__in=addresses)
    return here


def ways(patient: Patient) -> Ways:
    """Everything that leads to a patient, in one query."""
    here = {"phone": patient.phone, "email": patient.email.lower()}
    return _found([patient], _OF_ONE.read(patient=patient.pk, **here))[patient.pk]


def ways_of(patients: Collection[Patient]) -> dict[UUID, Ways]:
    """The same of many patients, in one query too."""
    likings = ContactPreference.objects.filter(patient__in=patients)
    consents = ContactConsent.objects.filter(patient__in=patients, revoked_at__isnull=True)
    return _found(patients, _told(likings, consents, stops(*patients), dead_ends(*patients)))


def _found(patients: Collection[Patient], rows: Iterable[Told]) -> dict[UUID, Ways]:
    prefers: dict[UUID | None, str] = {}
    agreed: Agreed = set()
    stopped: Stops = set()
    dead: dict[tuple[str, str], str] = {}
    for told, patient_id, what, address, why in rows:
        if told == "prefers":
            prefers[patient_id] = what
        elif told == "agreed":
            agreed.add((patient_id, what))
        elif told == "stopped":
            stopped.add((patient_id, what, address))
        else:
            dead[what, address] = why
    return {patient.pk: _ways(patient, prefers.get(patient.pk, ""), agreed, stopped, dead) for patient in patients}


def _told(
    likings: QuerySet[ContactPreference],
    consents: QuerySet[ContactConsent],
    stops: QuerySet[OptOut],
    dead_ends: QuerySet[Unreachable],
) -> QuerySet[Any, Told]:
    """What is written of how patients are reached: which of four, whose, the channel or way, where and why."""
    none, nobody = Value(""), Value(None, output_field=UUIDField())
    return likings.values_list(Value("prefers"), F("patient_id"), F("way"), none, none).union(
        consents.values_list(Value("agreed"), F("patient_id"), F("channel"), none, none),
        stops.values_list(Value("stopped"), F("patient_id"), F("channel"), F("address"), none),
        dead_ends.values_list(Value("dead"), nobody, F("channel"), F("address"), F("why")),
        all=True,
    )


# What stands between us and one person, for a page that gathers it with more (clinic.gathering).
_THERE = Q(channel=Channel.TEXT, address=Given("phone")) | Q(channel=Channel.EMAIL, address=Given("email"))
STANDING_IN_THE_WAY: dict[str, QuerySet[Any]] = {
    "stops": OptOut.objects.filter(Q(patient=Given("patient")) | _THERE & ~Q(address=""), until__isnull=True),
    "dead_ends": Unreachable.objects.filter(_THERE, ~Q(address=""), until__isnull=True),
}
_OF_ONE = ComposedValues(
    _told(
        ContactPreference.objects.filter(patient=Given("patient")),
        ContactConsent.objects.filter(patient=Given("patient"), revoked_at__isnull=True),
        **STANDING_IN_THE_WAY,
    ),
    prepared=True,
)


def _ways(patient: Patient, prefers: str, agreed: Agreed, stopped: Stops, dead: dict[tuple[str, str], str]) -> Ways:
    if patient.deceased_on:
        return Ways(dict.fromkeys(FIRST, "The patient has died."), prefers)
    if prefers == Way.CALL:
        return Ways(dict.fromkeys(FIRST, "The patient wants to be called and written nothing."), prefers)
    theirs = {channel for whose, channel, _ in stopped if whose == patient.pk}
    theirs |= {channel for _, channel, address in stopped if address and address == address_of(patient, channel)}
    agreed_to = {channel for whose, channel in agreed if whose == patient.pk}
    unreachable = {channel: why for (channel, address), why in dead.items() if address == address_of(patient, channel)}
    return Ways({channel: _shut(patient, channel, agreed_to, theirs, unreachable) for channel in FIRST}, prefers)


def _shut(patient: Patient, channel: Channel, agreed: set[str], stopped: set[str], dead: dict[str, str]) -> str:
    if channel == Channel.TEXT and not texts.are_on():
        return "The clinic sends no texts."
    if not address_of(patient, channel):
        return NOWHERE[channel]
    if channel in stopped:
        return "The patient asked for no more messages."
    if channel in dead:
        return dead[channel]
    return "" if channel in agreed else f"The patient has not agreed to {NOUNS[channel]}."


def channel_for(patient: Patient) -> Channel:
    """The channel on which a new message is planned: the one they like best of those that are open."""
    found = ways(patient)
    return found.open[0] if found.open else Channel.EMAIL


def way(patient: Patient, planned: str) -> tuple[Channel | None, str]:
    """On which channel a message goes out now, and why not on the planned one; None when every one is closed."""
    return ways(patient).instead_of(planned)


def elsewhere(message: Message) -> Channel | None:
    """Another open channel for what did not arrive on its own, while there is time and nothing else says it there."""
    if clock.now() >= message.expires_at:
        return None
    same = {name: getattr(message, name) for name in ("subject_kind", "subject_id", "kind", "occurrence")}
    taken = set(Message.objects.filter(**same).values_list("channel", flat=True))
    return next((channel for channel in ways(message.patient).open if channel not in taken), None)


def held_back(patient: Patient) -> str:
    """Why nothing at all may be written to this person, or nothing."""
    return way(patient, channel_for(patient))[1]


@dataclass(frozen=True)
class Notice:
    """One line for the chart: what does not reach the patient, and why."""

    meaning: str
    sentence: str


def notices(patient: Patient) -> list[Notice]:
    """What everybody who opens the chart should know before they rely on a message."""
    return notices_from(patient, stops(patient), dead_ends(patient))


def notices_from(patient: Patient, told: Iterable[OptOut], dead_ends: Iterable[Unreachable]) -> list[Notice]:
    """The same, of rows that were read with others."""
    first: dict[str, OptOut] = {}
    for one in sorted(told, key=lambda stop: (stop.patient_id != patient.pk, stop.since)):
        first.setdefault(one.channel, one)
    said = [Notice("warn", _stop_words(patient, one)) for one in first.values()]
    return said + [
        Notice("warn", f"No {NOUNS[Channel(dead.channel)]}: {dead.why}")
        for dead in dead_ends
        if dead.channel not in first
    ]


def _stop_words(patient: Patient, stop: OptOut) -> str:
    shared = "" if stop.patient_id in {None, patient.pk} else ", by another person with this number"
    word = "STOP" if stop.source == OptOut.Source.TEXT else "said so"
    when = f"{patient.site.local(stop.since):%-d %b %H:%M}"
    return f"No {NOUNS[Channel(stop.channel)]}: {word} on {when}{shared}"


@transaction.atomic
def prefer(*, patient_id: UUID, way: str, by: User) -> ContactPreference:
    """Keep how the patient likes to be reached; what is planned goes there too.

    Raises NotFound, NotPermitted, Invalid.
    """
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    if way not in Way.values:
        raise Invalid({"way": "Choose text messages, email or a phone call."})
    preference, _ = ContactPreference.objects.update_or_create(
        patient=patient, defaults={"way": way, "set_at": clock.now(), "set_by": by}
    )
    _redirect(patient)
    return preference


def _redirect(patient: Patient) -> None:
    """What is planned takes the way that is best now; it keeps the old one where both are planned.

    Whoever sends, takes back or moves a message at this moment has it, and comes to the patient after it: not waited
    for.
    """
    channel = channel_for(patient)
    same = {name: OuterRef(name) for name in ("subject_kind", "subject_id", "kind", "occurrence")}
    twin = Message.objects.filter(channel=channel, **same)
    waiting = patient.messages.filter(state=Message.State.PLANNED).exclude(channel=channel)
    free = waiting.filter(~Exists(twin)).select_for_update(of=("self",), skip_locked=True)
    Message.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(channel=channel)


@transaction.atomic
def stop(*, patient_id: UUID, channel: str, words: str, by: User) -> OptOut:
    """The patient told us, by any means, that they want no more of it. It holds at once; twice is once.

    Raises NotFound, NotPermitted, Invalid.
    """
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    _require_channel(channel)
    if not words.strip():
        raise Invalid({"words": "Write what the patient said: a few words are enough."})
    kept, _ = OptOut.objects.get_or_create(
        patient=patient,
        channel=channel,
        address="",
        until=None,
        defaults={"words": words.strip()[:160], "source": OptOut.Source.TOLD, "since": clock.now(), "taken_by": by},
    )
    return kept


def _require_channel(channel: str) -> None:
    if channel not in Channel.values:
        raise Invalid({"channel": "Choose email or text message."})


@transaction.atomic
def resume(*, patient_id: UUID, channel: str, by: User) -> int:
    """The patient told us that they want it again. Answers how many stops ended.

    What was said to the carrier or the provider is taken back there: it lets nothing through before that. Raises
    NotFound, NotPermitted, Invalid, Refused.
    """
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    _require_channel(channel)
    standing = stops(patient).filter(channel=channel).select_for_update(of=("self",))
    if any(one.source != OptOut.Source.TOLD for one in standing):
        raise Refused(UNDONE_THERE[Channel(channel)])
    return standing.update(until=clock.now(), ended_by=by)
