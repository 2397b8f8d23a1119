"""What is written beside one infusion: signs, events, notes, checks, and what devices sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from clinic import clock
from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Known, Words, like, one_of
from clinic.models import User
from infusions import devices, events, long_term, notes, run, vitals
from infusions.api.chair import AT, INFUSION, INFUSIONS
from infusions.api.rows import ENTERED, ERROR, at_the_chair
from infusions.models import (
    ArrivalCheck,
    DeviceReading,
    Discharge,
    GateOverride,
    InfusionNote,
    LongTermCheck,
    NoteAddendum,
    PregnancyTest,
    RunEvent,
    VitalSigns,
)

SIGNS = like(VitalSigns, vitals.FIELDS)
KEY = {"client_key": serializers.UUIDField(required=False)}
TEXT = Words(max_length=8000)


def _vitals(*, infusion_id: UUID, by: User, **typed: Any) -> VitalSigns:
    """Save one set of vitals. A repeated `client_key` answers the row that is there already.

    Raises NotPermitted, Refused outside the stay, Invalid with a sentence for each value that can't be.
    """
    return vitals.record(infusion_id=infusion_id, by=by, **typed).row


def _answer(
    *, row: VitalSigns, by: User, what: str = "", pause: bool = False, observed_at: datetime | None = None
) -> RunEvent:
    """Write what was done about a row that crossed a line; with `pause` the pump is paused by the same press.

    Raises NotFound, NotPermitted, Invalid without a word of what was done.
    """
    if pause:
        at = observed_at or clock.now()
        return run.answer_by_pausing(infusion_id=row.infusion_id, vitals_id=row.pk, observed_at=at, by=by)
    return vitals.answer(vitals_id=row.pk, what=what, by=by, observed_at=observed_at)


def addenda(user: User) -> QuerySet[NoteAddendum]:
    rows = NoteAddendum.objects.filter(note__infusion__series__site__in=user.site_ids)
    return rows.select_related("note__infusion__series")


def within(
    name: str,
    model: Any,
    shows: tuple[str, ...],
    create: Verb | None = None,
    verbs: Mapping[str, Verb] | None = None,
) -> Collection:
    """Rows that belong to one infusion."""
    return Collection(
        name=name,
        model=model,
        rows=at_the_chair(model),
        within=INFUSIONS,
        through="infusion",
        patient="infusion.series.patient_id",
        shows=("id", *shows),
        create=create,
        verbs=verbs or {},
    )


EVENTS = within(
    "events",
    RunEvent,
    (*ENTERED, "kind", "text", "rate_ml_h", "drug", "dose", "route", "about", *ERROR),
    Verb(
        does=events.record,
        record=INFUSION,
        takes=("observed_at", "text", "rate_ml_h", "drug", "dose", "route", "client_key"),
        fields={"kind": one_of(RunEvent.Kind), "about": Known(RunEvent, as_id=True, source="about_id", required=False)},
    ),
    {"error": Verb(does=events.retract, record="event_id", takes=("reason",))},
)
VITALS = within(
    "vitals",
    VitalSigns,
    (*ENTERED, *vitals.FIELDS, "corrects", *ERROR),
    Verb(does=_vitals, record=INFUSION, fields={**AT, **SIGNS, **KEY}),
    {
        "correct": Verb(
            does=vitals.correct, record="vitals_id", takes=("reason", "observed_at"), fields=SIGNS, another=True
        ),
        "answer": Verb(does=_answer, record="row", takes=("what", "pause", "observed_at"), makes=EVENTS),
    },
)
READINGS = within(
    "readings",
    DeviceReading,
    (
        "device", "said_at", "came_at", *DeviceReading.SIGNS, "out_of_range", "clock_off", "state", "vitals",
        "decided_at", "decided_by", "reason",
    ),
    verbs={
        "accept": Verb(does=devices.accept, record="reading_id", takes=("when_it_came",)),
        "reject": Verb(does=devices.reject, record="reading_id", takes=("reason",)),
    },
)  # fmt: skip
NOTES = within(
    "notes",
    InfusionNote,
    ("text", "figures", "version", "written_at", "written_by", "signed_at", "signed_by"),
    Verb(does=notes.write, record=INFUSION, takes=("version",), fields={"text": TEXT}),
)
ARRIVALS = within(
    "arrivals",
    ArrivalCheck,
    (
        *ENTERED, "identity_confirmed", "weight_kg", "nothing_new", "interval_history", "last_solids_at", "fatty_meal",
        "last_clear_at", "substances_clear", "alcohol_at", "cannabis_at", "benzodiazepine_at", "opioid_at",
        "benzodiazepine_mg_day", "pregnancy", "escort", "escort_confirmed", "emergency_ready",
    ),
)  # fmt: skip
DISCHARGES = within(
    "discharges",
    Discharge,
    (
        *ENTERED, "scale", "aldrete", "way_home", "oriented", "steady", "no_active_si", "iv_out", "instructions_given",
        "escort_name", "escort_relation", "released_by", "released_reason",
    ),
)  # fmt: skip
OVERRIDES = within("overrides", GateOverride, ("light", "found", "reason", "by", "at"))
PREGNANCY = within("pregnancy-tests", PregnancyTest, (*ENTERED, "result"))
LONG_TERM = within(
    "long-term-checks",
    LongTermCheck,
    (*ENTERED, "urinary", "misuse", "note"),
    Verb(does=long_term.record, record=INFUSION, takes=("urinary", "misuse", "note")),
)
ADDENDA = Collection(
    name="addenda",
    model=NoteAddendum,
    rows=addenda,
    within=INFUSIONS,
    through="note__infusion",
    patient="note.infusion.series.patient_id",
    shows=("id", "text", "written_at", "written_by"),
    create=Verb(does=notes.add, record=INFUSION, fields={"text": TEXT}),
)
