"""What is written of a course of treatment: visits with their holds and messages, infusions with their rows, talks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from benchmarks.copying import NULL, Sheet, flush
from benchmarks.people import PATIENT, Place, ident
from benchmarks.sizes import INFUSIONS
from infusions.models import Infusion, InfusionNote, Order, Series, StateEvent, VitalSigns
from patients.models import Evaluation, MeasureResponse
from reminders.models import Message
from therapy.models import NoteSection, SessionNote, TherapySession
from visits.models import Appointment, Hold, StatusEvent
from visits.rules import HANDS_LANE, Lanes, Part, Timing, Who, shape

APART = 10**9
BESIDE = 100
"""Ids of two sites lie so far apart, and those of what a second writer adds to one of them so many sites further."""
TALK_KINDS = ("preparation", "midpoint", "integration", "further")
WORDS = "Came rested, settled quickly. No nausea. Spoke of a wide and quiet sea; wants to keep that picture."
KEYS: dict[type[Any], int] = {
    model: 10 + number
    for number, model in enumerate(
        (Appointment, StatusEvent, Hold, Message, Series, Order, Infusion, VitalSigns, InfusionNote, TherapySession,
         MeasureResponse, Evaluation, StateEvent, SessionNote, NoteSection)
    )
}  # fmt: skip
"""The tables that are written here, each with the number that its ids carry."""


@dataclass
class Course:
    """A patient's treatment as it is written so far."""

    patient: str
    series: str
    order: str
    given: int = 0
    talked: int = 0


@dataclass(frozen=True)
class Slot:
    """A start in a room, with whoever works there."""

    starts: datetime
    room: UUID
    staff: UUID


class Writer:
    """Writes what happens at one site; rows go to the database as they come."""

    def __init__(self, place: Place, now: datetime, *, beside: int = 0) -> None:
        self.place, self.now, self.on = place, now, place.site.local(now).date()
        self._numbers = count((place.number + BESIDE * beside) * APART + 1)
        site, provider, nurse, mate = place.site.pk, place.provider, *place.nurses[:2]
        self.visits = Sheet(
            Appointment, "id", "patient_id", "kind", "starts_at", "ends_at", "status", "arrived_at",
            site_id=site, booked_at=now, booked_by_id=place.desk,
        )  # fmt: skip
        self.steps = Sheet(StatusEvent, "id", "appointment_id", "before", "after", "at", by_id=place.desk)
        self.holds = Sheet(
            Hold, "id", "appointment_id", "resource", "room_id", "staff_id", "patient_id", "lane", "during", "phase"
        )
        self.messages = Sheet(
            Message, "id", "patient_id", "subject_id", "due_at", "expires_at", "state", "sent_at", "values",
            "occurrence", site_id=site, kind="appointment_72h", channel="email", subject_kind="appointment",
            template_version="1", planned_at=now,
        )  # fmt: skip
        self.series = Sheet(
            Series, "id", "patient_id", "kind", "planned_count", "state", "opened_at", "ended_at", "follows_id",
            site_id=site, opened_by_id=provider,
        )  # fmt: skip
        self.orders = Sheet(
            Order, "id", "series_id", "weight_measured_at", "signed_at", first_number=1, mg_per_kg="0.50",
            dosing_weight_kg="80.00", dose_mg="40.00", minutes=40, bag_ml="50.0", signed_by_id=provider,
        )  # fmt: skip
        self.booked = Sheet(Infusion, "id", "series_id", "appointment_id", "number", state="scheduled")
        drawn = {
            "vial_id": place.vial, "drawn_ml": "0.80", "drawn_by_id": nurse, "checked_by_id": mate, "nurse_id": nurse,
        }  # fmt: skip
        columns = ("id", "series_id", "appointment_id", "number", "order_id", "drawn_at", "checked_at", "started_at")
        self.running = Sheet(Infusion, *columns, state="in_progress", **drawn)
        self.given = Sheet(Infusion, *columns, "ended_at", state="discharged", given_mg=40, given_ml=50, **drawn)
        self.rows = Sheet(
            VitalSigns, "id", "infusion_id", "observed_at", "entered_at", "systolic", "diastolic", "heart_rate", "spo2",
            entered_by_id=nurse, respiratory_rate=14, moaas=5,
        )  # fmt: skip
        self.notes = Sheet(
            InfusionNote, "id", "infusion_id", "written_at", "signed_at", text=WORDS, figures='[["Dose", []]]',
            written_by_id=nurse, signed_by_id=nurse,
        )  # fmt: skip
        self.run = Sheet(StateEvent, "id", "infusion_id", "before", "after", "observed_at", "entered_at", by_id=nurse)
        self.talks = Sheet(
            TherapySession, "id", "patient_id", "series_id", "kind", "appointment_id", "therapist_id", "state"
        )
        self.written = Sheet(
            SessionNote, "id", "session_id", "author_id", "started_at", "ended_at", "entered_at", "saved_at",
            "signed_at", "signed_by_id", kind="progress", modality="individual", reached="in_person",
            risk_unasked="Asked at the visit before.", sha256="0" * 64,
        )  # fmt: skip
        self.sections = Sheet(NoteSection, "id", "note_id", key="course", text=WORDS)
        self.scores = Sheet(
            MeasureResponse, "id", "patient_id", "timepoint", "observed_at", "entered_at", "items", "score",
            instrument="phq9", entered_by_id=nurse,
        )  # fmt: skip
        self.judged = Sheet(
            Evaluation, "id", "patient_id", "observed_at", "entered_at", "signed_at", "valid_until", state="eligible",
            diagnosis="Major depressive disorder, recurrent, severe", diagnosis_code="F33.2", planned_count=INFUSIONS,
            weight_kg=80, entered_by_id=provider, signed_by_id=provider, rationale="Nothing stands against it.",
        )  # fmt: skip

    def _key(self, model: type[Any]) -> str:
        return ident(KEYS[model], next(self._numbers))

    def close(self) -> None:
        flush(*(one for one in vars(self).values() if isinstance(one, Sheet)))

    def judge(self, number: int, at: datetime) -> None:
        """A provider found this patient eligible, after a questionnaire."""
        patient = ident(PATIENT, number)
        self.judged.add(self._key(Evaluation), patient, at, at, at, (at + timedelta(days=90)).date())
        self.score(patient, 21, at, "baseline")

    def score(self, patient: str, total: int, at: datetime, timepoint: str = "pre_infusion") -> None:
        items = ",".join(str(min(3, max(0, total - 3 * place))) for place in range(8))
        self.scores.add(self._key(MeasureResponse), patient, timepoint, at, at, f"{{{items},0}}", total)

    def begin(self, number: int, at: datetime, *, ended: datetime | None, after: Course | None = None) -> Course:
        """A series and its order: of maintenance, after one that it follows."""
        course = Course(ident(PATIENT, number), self._key(Series), self._key(Order))
        state = "completed" if ended else "active"
        kind, planned, follows = ("maintenance", NULL, after.series) if after else ("loading", INFUSIONS, NULL)
        self.series.add(course.series, course.patient, kind, planned, state, at, ended or NULL, follows)
        self.orders.add(course.order, course.series, at, at)
        return course

    def infusion(self, course: Course, slot: Slot, *, kind: str = "infusion", minutes: int = 0) -> None:
        """One that was given, where it lies behind us; else one that is booked."""
        course.given += 1
        visit = self._visit(course.patient, kind, slot, minutes)
        key = self._key(Infusion)
        if slot.starts >= self.now:
            self.booked.add(key, course.series, visit, course.given)
            return
        began, ended = slot.starts + timedelta(minutes=20), slot.starts + timedelta(minutes=60)
        self.given.add(
            key, course.series, visit, course.given, course.order, slot.starts, slot.starts, began, ended
        )  # fmt: skip
        self._readings(key, began, 8 + (course.given % 3 == 0))
        self.run.add(self._key(StateEvent), key, "recovery", "discharged", ended, ended)
        self.notes.add(self._key(InfusionNote), key, ended, ended)
        self.score(course.patient, max(3, 21 - 2 * course.given), slot.starts)

    def running_now(self, course: Course, slot: Slot) -> None:
        """One under way, whose pump was started a few minutes ago."""
        visit = self._visit(course.patient, "infusion", slot, 0, "in_progress")
        key, began = self._key(Infusion), slot.starts + timedelta(minutes=20)
        self.running.add(
            key, course.series, visit, course.given + 1, course.order, slot.starts, slot.starts, began
        )  # fmt: skip
        for before, after, late in (("", "scheduled", 0), ("scheduled", "checked_in", 0), ("checked_in", "cleared", 10),
                                    ("cleared", "in_progress", 20)):  # fmt: skip
            at = slot.starts + timedelta(minutes=late)
            self.run.add(self._key(StateEvent), key, before, after, at, at)
        self._readings(key, began - timedelta(minutes=10), 2)

    def _readings(self, infusion: str, since: datetime, many: int) -> None:
        for turn in range(many):
            at = since + timedelta(minutes=10 * turn)
            pressure = 118 + turn * 3 % 20, 76 + turn % 9
            self.rows.add(self._key(VitalSigns), infusion, at, at, *pressure, 68 + turn % 12, 97 + turn % 3)

    def talk(self, course: Course, slot: Slot) -> None:
        """A session of the series: held and documented, or to come."""
        kind = TALK_KINDS[min(course.talked, 3)]
        course.talked += 1
        visit = self._visit(course.patient, kind, slot, 0)
        held, key = slot.starts < self.now, self._key(TherapySession)
        self.talks.add(key, course.patient, course.series, kind, visit, slot.staff, "signed" if held else "planned")
        if held:
            note, ended = self._key(SessionNote), slot.starts + timedelta(minutes=50)
            self.written.add(note, key, slot.staff, slot.starts, ended, ended, ended, ended, slot.staff)
            self.sections.add(self._key(NoteSection), note)

    def _visit(self, patient: str, kind: str, slot: Slot, minutes: int, status: str = "") -> str:
        """A visit with its holds; `minutes` where it is no usual one."""
        form = shape(kind, Timing())
        parts = form.parts if not minutes else tuple(_cut(form.parts, minutes))
        starts, ends = slot.starts, slot.starts + timedelta(minutes=minutes or form.minutes)
        key, past = self._key(Appointment), starts < self.now and not status
        status = status or ("done" if past else "booked")
        self.visits.add(key, patient, kind, starts, ends, status, NULL if status == "booked" else starts)
        self.steps.add(self._key(StatusEvent), key, "", "booked", min(self.now, starts - timedelta(days=20)))
        if past:
            self.steps.add(self._key(StatusEvent), key, "in_progress", "done", ends)
        for part in parts:
            self._hold(key, patient, slot, part)
        self._message(key, patient, starts, past or status != "booked")
        return key

    def _hold(self, visit: str, patient: str, slot: Slot, part: Part) -> None:
        during = f"[{slot.starts + timedelta(minutes=part.start)},{slot.starts + timedelta(minutes=part.end)})"
        who, lane = part.who, HANDS_LANE if part.lanes == Lanes.HANDS else 1
        room, staff = slot.room if who == Who.ROOM else NULL, slot.staff if who == Who.STAFF else NULL
        resource = {Who.ROOM: slot.room, Who.STAFF: slot.staff, Who.PATIENT: patient}[who]
        person = patient if who == Who.PATIENT else NULL
        self.holds.add(self._key(Hold), visit, resource, room, staff, person, lane, during, part.phase)

    def _message(self, visit: str, patient: str, starts: datetime, sent: bool) -> None:
        due = starts - timedelta(hours=72)
        sent = sent or due < self.now
        self.messages.add(
            self._key(Message), patient, visit, due, starts, "sent" if sent else "planned", due if sent else NULL,
            f'{{"at": "{starts.isoformat()}"}}', f"{starts:%Y-%m-%dT%H:%MZ} v1",
        )  # fmt: skip


def _cut(parts: tuple[Part, ...], minutes: int) -> Iterator[Part]:
    """The holds of a visit that is over sooner than its kind usually is."""
    for part in parts:
        yield Part(part.who, part.phase, min(part.start, minutes - 5), min(part.end, minutes), part.lanes)


def utc(place: Place, on: date, hour: int) -> datetime:
    return place.hours(on, hour).astimezone(UTC)
