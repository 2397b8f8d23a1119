"""An infusion, from the door to the way home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Moment, Words, one_of
from clinic.errors import NotPermitted
from clinic.models import User
from clinic.policy import Action, can
from infusions import arrival, discharge, notes, pregnancy, run, suspension, syringe
from infusions.api.rows import infusions
from infusions.api.witness import PERHAPS, WITNESS, seen
from infusions.models import ArrivalCheck, Discharge, Infusion, PregnancyTest

INFUSION = "infusion_id"
AT = {"observed_at": Moment()}


def released(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The provider who lets somebody go before all is met, proved by password; the words of a leave against advice."""
    given: dict[str, Any] = {"released_by": seen(request, record, typed).get("witness")}
    if explained := typed.get("explained"):
        names = ("signed_name", "refusal", "strokes")
        given["farewell"] = discharge.Farewell(explained, **{name: typed[name] for name in names if name in typed})
    return given


def in_state(rows: QuerySet[Infusion], state: str, user: User) -> QuerySet[Infusion]:
    """Those in this state, for who may see the state. Raises NotPermitted."""
    if not can(user, Action.SEE_INFUSION):
        raise NotPermitted("How an infusion goes is for those who look after it. Ask without “state”.")
    return rows.filter(state=state)


INFUSIONS = Collection(
    name="infusions",
    model=Infusion,
    rows=infusions,
    patient="series.patient_id",
    shows=("id", "series", "appointment", "number", "version"),  # also to the desk, which books and checks in
    also={
        Action.SEE_INFUSION: (
            "state", "nurse", "order", "vial", "drawn_ml", "drawn_at", "drawn_by", "checked_at", "checked_by",
            "started_at", "ended_at", "paused_seconds", "given_mg", "given_ml", "not_given_reason",
        )
    },
    filters={
        "series": serializers.UUIDField(required=False),
        "patient": serializers.UUIDField(required=False),
        "state": one_of(Infusion.State, required=False),
        "since": Moment(required=False, help_text="Whose visit starts at or after this moment."),
        "until": Moment(required=False),
    },
    by={
        "series": "series_id",
        "patient": "series__patient_id",
        "state": in_state,
        "since": "appointment__starts_at__gte",
        "until": "appointment__starts_at__lt",
    },
    verbs={
        "check-in": Verb(does=arrival.check_in, record=INFUSION, fields=AT),
        "arrival": Verb(
            does=arrival.record_arrival,
            record=INFUSION,
            takes=(
                "identity_confirmed", "weight_kg", "nothing_new", "last_solids_at", "last_clear_at",
                "substances_clear", "pregnancy", "emergency_ready", "alcohol_at", "cannabis_at", "benzodiazepine_at",
                "opioid_at", "benzodiazepine_mg_day", "interval_history", "escort", "escort_confirmed", "fatty_meal",
                "observed_at",
            ),
            fields={"pregnancy": one_of(ArrivalCheck.Pregnancy)},
        ),
        "confirm-escort": Verb(does=arrival.confirm_escort, record=INFUSION),
        "pregnancy-test": Verb(
            does=pregnancy.record_test,
            record=INFUSION,
            takes=("result", "observed_at"),
            fields={"result": one_of(PregnancyTest.Result)},
        ),
        "override": Verb(does=arrival.override, record=INFUSION, takes=("light", "reason")),
        "clear": Verb(does=arrival.clear, record=INFUSION, takes=("observed_at",)),
        "hold": Verb(does=arrival.hold, record=INFUSION, takes=("reason", "observed_at")),
        "not-given": Verb(
            does=arrival.not_given, record=INFUSION, takes=("reason", "observed_at"), asks=PERHAPS, given=seen
        ),
        "suspend": Verb(does=suspension.suspend, record=INFUSION),
        "draw": Verb(
            does=syringe.draw, record=INFUSION, takes=("vial_label", "strength_mg_per_ml", "observed_at")
        ),
        "double-check": Verb(does=syringe.double_check, record=INFUSION, takes=("observed_at",)),
        "discard": Verb(does=syringe.discard, record=INFUSION, takes=("reason",), asks=WITNESS, given=seen),
        "waste": Verb(
            does=syringe.waste_rest, record=INFUSION, takes=("observed_at", "note"), asks=WITNESS, given=seen
        ),
        "start": Verb(does=run.start, record=INFUSION, takes=("observed_at",)),
        "pause": Verb(does=run.pause, record=INFUSION, takes=("observed_at", "reason", "client_key")),
        "resume": Verb(does=run.resume, record=INFUSION, takes=("observed_at", "reason", "client_key")),
        "complete": Verb(does=run.complete, record=INFUSION, takes=("observed_at", "client_key")),
        "stop": Verb(does=run.stop_early, record=INFUSION, takes=("observed_at", "reason", "client_key")),
        "discharge": Verb(
            does=discharge.discharge,
            record=INFUSION,
            takes=(
                "observed_at", "aldrete", "oriented", "steady", "no_active_si", "iv_out", "instructions_given",
                "escort_name", "escort_relation", "released_reason",
            ),
            fields={
                "scale": one_of(Discharge.Scale, required=False),
                "way_home": one_of(Discharge.WayHome, required=False),
            },
            asks={
                **PERHAPS,
                "explained": Words(required=False, max_length=1000),
                "signed_name": Words(required=False, max_length=120),
                "refusal": Words(required=False, max_length=300),
            },
            given=released,
        ),
        "sign-note": Verb(does=notes.sign, record=INFUSION, takes=("text", "version")),
    },
)  # fmt: skip
