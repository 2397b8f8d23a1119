"""What the nurse saw at an infusion, for the therapist: read from the rows of the run, whatever their number.

It repeats what the chart holds and keeps nothing of its own. What the nurse wrote for the therapist comes first, then
the patient's words, then what stood out; every list costs the same few queries for one infusion and for thirty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from clinic.models import Site, User
from clinic.policy import Action, can
from infusions.models import AdverseEvent, Discharge, Infusion, InfusionNote, RunEvent, StateEvent, VitalSigns
from therapy.models import TherapySession

Kind, State = RunEvent.Kind, Infusion.State
ORDER = (Kind.THERAPIST, Kind.SAID, Kind.NOTE, Kind.NAUSEA, Kind.LIMIT, Kind.MEDICINE, Kind.RATE)
STEPS = {State.PAUSED: "Pump paused", State.STOPPED_EARLY: "Stopped early", State.HELD: "Held"}
DISTRESSED = 4
"""From here on the highest distress is worth a look (0 to 10); below it is told as calm."""
MOST = 12


@dataclass(frozen=True)
class Line:
    """One thing that was seen. `mark` is an icon; `voice` says that these are the patient's own words."""

    words: str
    mark: str = ""
    when: str = ""
    voice: bool = False
    is_warning: bool = False


@dataclass(frozen=True)
class Seen:
    """One infusion as its nurse tells of it."""

    infusion: Infusion
    lines: tuple[Line, ...]
    more: int
    who: str

    @property
    def title(self) -> str:
        number = self.infusion.number
        return f"What the nurse saw, infusion {number}" if number else "What the nurse saw, last visit"

    @property
    def site(self) -> Site:
        return self.infusion.appointment.site


def panel(session: TherapySession, user: User) -> Seen | None:
    """For the page of a session: the last infusion before it, for those who may see infusions."""
    if not can(user, Action.SEE_INFUSION, session.series.site):
        return None
    until = session.appointment.starts_at if session.appointment else None
    infusion = _last([session.patient_id], before=until).get(session.patient_id)
    return seen([infusion])[infusion.pk] if infusion else None


def newest(patient_ids: Iterable[UUID]) -> dict[UUID, Seen]:
    """By patient, what was seen at the last infusion: for lists of many people."""
    found = _last(patient_ids)
    told = seen(list(found.values()))
    return {patient_id: told[infusion.pk] for patient_id, infusion in found.items()}


def _last(patient_ids: Iterable[UUID], before: datetime | None = None) -> dict[UUID, Infusion]:
    """The last infusion of each patient that was begun, or that was to be given and was not."""
    rows = Infusion.objects.filter(series__patient__in=list(patient_ids), state__in=(*Infusion.GIVEN, State.NOT_GIVEN))
    if before is not None:
        rows = rows.filter(appointment__starts_at__lt=before)
    newest = rows.order_by("series__patient_id", "-appointment__starts_at", "-id").distinct("series__patient_id")
    found = Infusion.objects.filter(pk__in=newest.values("pk")).select_related("series", "appointment__site", "nurse")
    return {one.series.patient_id: one for one in found}


def seen(infusions: Sequence[Infusion]) -> dict[UUID, Seen]:
    """What was seen at each of these infusions, in six queries. They know their series, nurse and site."""
    prefetch_related_objects(
        infusions,
        Prefetch("events", RunEvent.objects.filter(entered_in_error_at=None).select_related("entered_by")),
        Prefetch("vitals", VitalSigns.objects.filter(entered_in_error_at=None, distress__isnull=False)),
        Prefetch("adverse_events", AdverseEvent.objects.filter(kind=AdverseEvent.Kind.EVENT)),
        Prefetch("state_events", StateEvent.objects.filter(after__in=STEPS)),
        Prefetch("note", InfusionNote.objects.filter(signed_at__isnull=False).select_related("signed_by")),
        Prefetch("discharge", Discharge.objects.all()),
    )
    return {one.pk: _told(one) for one in infusions}


def _told(infusion: Infusion) -> Seen:
    lines = [*_events(infusion), *_distress(infusion), *_trouble(infusion), *_home(infusion)]
    note = getattr(infusion, "note", None)
    if note and note.text:
        lines.append(Line(note.text, "doc"))
    if infusion.state == State.NOT_GIVEN:
        lines.insert(0, Line(f"Not given: {infusion.not_given_reason}", "stop", is_warning=True))
    return Seen(infusion, tuple(lines[:MOST]), max(0, len(lines) - MOST), _who(infusion))


def _events(infusion: Infusion) -> list[Line]:
    """What was written down in the run: for the therapist first, then in the order of the list above."""
    told = [event for event in infusion.events.all() if event.kind in ORDER and event.text]
    told.sort(key=lambda event: (ORDER.index(Kind(event.kind)), event.observed_at))
    return [_event(infusion, event) for event in told]


def _event(infusion: Infusion, event: RunEvent) -> Line:
    when = minute(infusion, event.observed_at)
    if event.kind == Kind.SAID:
        return Line(f"“{event.text.strip('“”')}”", "msg", when, voice=True)
    if event.kind in RunEvent.WORDS:
        return Line(event.text, "journal" if event.kind == Kind.THERAPIST else "", when)
    if event.kind == Kind.LIMIT:
        return Line(f"A limit was crossed: {event.text}", "warn", when, is_warning=True)
    return Line(event.told, "", when)


def _distress(infusion: Infusion) -> list[Line]:
    """The highest distress of the run, with its minute."""
    rows = [row for row in infusion.vitals.all() if row.distress is not None]
    if not rows:
        return []
    top = max(rows, key=lambda row: row.distress or 0)
    is_high = (top.distress or 0) >= DISTRESSED
    word = "Distress at most" if is_high else "Calm: distress at most"
    return [Line(f"{word} {top.distress} of 10", "heart", minute(infusion, top.observed_at), is_warning=is_high)]


def _trouble(infusion: Infusion) -> list[Line]:
    lines = [
        Line(
            f"{STEPS[State(step.after)]}{': ' + step.reason if step.reason else ''}",
            "pause",
            minute(infusion, step.observed_at),
            is_warning=step.after == State.STOPPED_EARLY,
        )
        for step in infusion.state_events.all()
    ]
    lines += [
        Line(
            f"Adverse event: {event}{f', grade {event.grade}' if event.grade else ''}",
            "flag",
            minute(infusion, event.observed_at),
            is_warning=True,
        )
        for event in infusion.adverse_events.all()
    ]
    return lines


def _home(infusion: Infusion) -> list[Line]:
    left: Discharge | None = getattr(infusion, "discharge", None)
    if left is None:
        return []
    at = f"{infusion.appointment.site.local(left.observed_at):%H:%M}"
    with_whom = f" with {left.escort_name}, {left.escort_relation}".rstrip(", ") if left.escort_name else ""
    return [Line(f"Left at {at}{with_whom}", "home")]


def minute(infusion: Infusion, at: datetime) -> str:
    """“minute 15” of the run, or the hour before and after it."""
    start, end = infusion.started_at, infusion.ended_at
    if start is None or at < start or (end is not None and at > end):
        return f"{infusion.appointment.site.local(at):%H:%M}"
    whole = int((at - start).total_seconds() // 60)
    return f"minute {whole}" if whole else "at the start"


def _who(infusion: Infusion) -> str:
    """The nurse of the infusion, else whoever signed or wrote of it."""
    if infusion.nurse:
        return str(infusion.nurse.full_name)
    note = getattr(infusion, "note", None)
    if note and note.signed_by:
        return str(note.signed_by.full_name)
    wrote = next((event.entered_by for event in infusion.events.all() if event.entered_by), None)
    return str(wrote.full_name) if wrote else ""
