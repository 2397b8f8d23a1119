"""Infusions with what is written at the chair, the stock and its ledger, boosters, and adverse events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Exact, Known, Moment, Whole, Words, know, like, one_of
from clinic.models import Site, User
from clinic.policy import Action
from infusions import (
    adverse,
    arrival,
    booster_visits,
    discharge,
    events,
    ledger,
    notes,
    orders,
    pregnancy,
    response,
    run,
    suspension,
    syringe,
    vitals,
)
from infusions.forms.chair import require_valid
from infusions.forms.witness import WitnessForm
from infusions.models import (
    AdverseEvent,
    ArrivalCheck,
    BoosterPlan,
    Discharge,
    DrugVial,
    Infusion,
    InfusionNote,
    LedgerEntry,
    Order,
    PregnancyTest,
    ResponseReview,
    RunEvent,
    Series,
    VitalSigns,
)
from patients.models import Contact, Patient

INFUSION, VIAL = "infusion_id", "vial_id"
WHY = {Action.SEE_CHART: ("goals", "ended_reason")}  # of a series: why it ended is not for every desk
ERROR = ("entered_in_error_at", "entered_in_error_reason")
ENTERED = ("observed_at", "entered_at", "entered_by")


def series(user: User) -> QuerySet[Series]:
    return Series.objects.filter(site__in=user.site_ids).select_related("site", "patient")


def infusions(user: User) -> QuerySet[Infusion]:
    return Infusion.objects.filter(series__site__in=user.site_ids).select_related("series", "appointment")


def vials(user: User) -> QuerySet[DrugVial]:
    return DrugVial.objects.filter(site__in=user.site_ids)


def entries(user: User) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(vial__site__in=user.site_ids)


def orders_of(user: User) -> QuerySet[Order]:
    return Order.objects.filter(series__site__in=user.site_ids).select_related("series")


def plans(user: User) -> QuerySet[BoosterPlan]:
    return BoosterPlan.objects.filter(series__site__in=user.site_ids).select_related("series")


def reviews(user: User) -> QuerySet[ResponseReview]:
    return ResponseReview.objects.filter(series__site__in=user.site_ids).select_related("series")


def adverse_events(user: User) -> QuerySet[AdverseEvent]:
    return AdverseEvent.objects.filter(site__in=user.site_ids)


def at_the_chair(model: Any) -> Any:
    """Rows that were written during an infusion of the user's sites."""
    rows = model.objects.select_related("infusion__series")
    return lambda user: rows.filter(infusion__series__site__in=user.site_ids)


def site_of(record: Any) -> Site:
    """Where the record is."""
    found: Site = record.appointment.site if isinstance(record, Infusion) else record.site
    return found


# A second person proves with a password that they were there, as on the pages.
WITNESS = {"witness": Known(User), "witness_password": serializers.CharField(max_length=200, trim_whitespace=False)}
PERHAPS = {
    "witness": Known(User, required=False),
    "witness_password": serializers.CharField(max_length=200, trim_whitespace=False, required=False),
}


def seen(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The witness, once the password is theirs. Raises Invalid."""
    person = typed.get("witness")
    if person is None:
        return {}
    data = {"witness": str(person.pk), "password": typed.get("witness_password", "")}
    form = WitnessForm(data, request=request._request, by=request.user, site=site_of(record))  # type: ignore[arg-type]
    require_valid(form)
    return {"witness": form.cleaned_data["witness"]}


def released(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The provider who lets somebody go before all is met, proved by password; the words of a leave against advice."""
    given: dict[str, Any] = {"released_by": seen(request, record, typed).get("witness")}
    if explained := typed.get("explained"):
        names = ("signed_name", "refusal", "strokes")
        given["farewell"] = discharge.Farewell(explained, **{name: typed[name] for name in names if name in typed})
    return given


def _vitals(*, infusion_id: UUID, by: User, **typed: Any) -> VitalSigns:
    """Save one set of vitals. A repeated `client_key` answers the row that is there already.

    Raises NotPermitted, Refused outside the stay, Invalid with a sentence for each value that can't be.
    """
    return vitals.record(infusion_id=infusion_id, by=by, **typed).row


for model, rows in (
    (Series, series),
    (Order, orders_of),
    (RunEvent, at_the_chair(RunEvent)),
    (VitalSigns, at_the_chair(VitalSigns)),
    (Contact, lambda user: Contact.objects.filter(patient__site__in=user.site_ids)),
):
    know(model, rows)

SIGNS = like(VitalSigns, vitals.FIELDS)
KEY = {"client_key": serializers.UUIDField(required=False)}
AT = {"observed_at": Moment()}
TEXT = Words(max_length=8000)

INFUSIONS = Collection(
    name="infusions",
    model=Infusion,
    rows=infusions,
    patient="series.patient_id",
    shows=("id", "series", "appointment", "number", "state", "version"),  # also to the desk, which books and checks in
    also={
        Action.SEE_INFUSION: (
            "nurse", "order", "vial", "drawn_ml", "drawn_at", "drawn_by", "checked_at", "checked_by", "started_at",
            "ended_at", "paused_seconds", "given_mg", "given_ml", "not_given_reason",
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


def within(name: str, model: Any, shows: tuple[str, ...], create: Verb | None = None) -> Collection:
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
    )


VITALS = within(
    "vitals",
    VitalSigns,
    (*ENTERED, *vitals.FIELDS, "corrects", *ERROR),
    Verb(does=_vitals, record=INFUSION, fields={**AT, **SIGNS, **KEY}),
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
)
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

VIALS = Collection(
    name="vials",
    model=DrugVial,
    rows=vials,
    shows=(
        "id", "site", "label", "drug", "lot", "ndc", "strength_mg_per_ml", "volume_ml", "expires_on", "balance_ml",
        "closed_at",
    ),
    filters={"open": serializers.BooleanField(required=False)},
    by={"open": "closed_at__isnull"},
    create=Verb(
        does=ledger.receive,
        takes=("label", "lot", "strength_mg_per_ml", "volume_ml", "expires_on", "observed_at", "note", "ndc"),
        given=site,
        sited=True,
    ),
    verbs={
        "waste": Verb(
            does=ledger.waste,
            record=VIAL,
            takes=("note", "observed_at"),
            fields={"ml": Exact()},
            asks=WITNESS,
            given=seen,
        ),
        "count": Verb(
            does=ledger.count, record=VIAL, takes=("counted_ml", "note", "observed_at"), asks=WITNESS, given=seen
        ),
        "return": Verb(does=ledger.return_stock, record=VIAL, takes=("ml", "note", "observed_at")),
        "settle": Verb(
            does=ledger.settle,
            record=VIAL,
            takes=("note", "loss_report", "observed_at"),
            fields={"cause": one_of(LedgerEntry.Cause)},
            asks=WITNESS,
            given=seen,
        ),
        "close": Verb(does=ledger.close, record=VIAL),
    },
)  # fmt: skip
LEDGER = Collection(
    name="ledger",
    model=LedgerEntry,
    rows=entries,
    has_record=False,
    shows=(
        "id", "vial", "line", "kind", "change_ml", "balance_ml", *ENTERED, "infusion", "given_mg", "wasted_mg",
        "counted_ml", "witness", "note", "cause", "loss_report",
    ),
    filters={
        "vial": serializers.UUIDField(required=False),
        "kind": one_of(LedgerEntry.Kind, required=False),
        "since": Moment(required=False),
        "until": Moment(required=False),
    },
    by={"vial": "vial_id", "since": "observed_at__gte", "until": "observed_at__lt"},
)  # fmt: skip
OF_SERIES = {"series": serializers.UUIDField(required=False), "patient": serializers.UUIDField(required=False)}
BY_SERIES = {"series": "series_id", "patient": "series__patient_id"}
ORDERS = Collection(
    name="orders",
    model=Order,
    rows=orders_of,
    patient="series.patient_id",
    shows=(
        "id", "series", "first_number", "mg_per_kg", "dosing_weight_kg", "weight_basis", "weight_measured_at",
        "basis_reason", "dose_mg", "minutes", "bag_ml", "reason", "signed_at", "signed_by", "needs_second",
        "second_signed_at", "second_signed_by", "supersedes",
    ),
    filters=OF_SERIES,
    by=BY_SERIES,
    create=Verb(
        does=orders.sign,
        takes=(
            "first_number", "mg_per_kg", "dosing_weight_kg", "weight_measured_at", "minutes", "bag_ml", "reason",
            "basis_reason", "weight_confirmed",
        ),
        fields={
            "series": Known(Series, as_id=True, source="series_id"),
            **like(Order, ("weight_basis",), needs=("weight_basis",)),
        },
    ),
    verbs={"countersign": Verb(does=orders.countersign, record="order_id")},
)  # fmt: skip
REVIEWS = Collection(
    name="reviews",
    model=ResponseReview,
    rows=reviews,
    patient="series.patient_id",
    shows=(
        "id", "series", "after_number", "baseline_score", "score", "decision", "rationale", "referral", "signed_at",
        "signed_by",
    ),
    filters=OF_SERIES,
    by=BY_SERIES,
    create=Verb(
        does=response.review,
        takes=("rationale",),
        fields={
            "series": Known(Series, as_id=True, source="series_id"),
            "decision": one_of(ResponseReview.Decision),
            "referral": one_of(ResponseReview.Referral, required=False),
        },
    ),
)  # fmt: skip
BOOSTERS = Collection(
    name="boosters",
    model=BoosterPlan,
    rows=plans,
    patient="series.patient_id",
    shows=(
        "id", "series", "template", "intervals_days", "evidence", "reason", "signed_at", "signed_by", "supersedes",
    ),
    filters=OF_SERIES,
    by=BY_SERIES,
    create=Verb(
        does=booster_visits.decide,
        takes=("reason", "move_booked"),
        fields={
            "series": Known(Series, as_id=True, source="series_id"),
            "intervals_days": serializers.ListField(child=Whole(min_value=1, max_value=400), max_length=50),
            "template": one_of(BoosterPlan.Template, required=False),
        },
        made=lambda made: made[0],
    ),
)  # fmt: skip
ADVERSE = Collection(
    name="adverse-events",
    model=AdverseEvent,
    rows=adverse_events,
    patient="patient_id",
    shows=(
        "id", "patient", "site", "infusion", *ENTERED, "kind", "term", "detail", "grade", "serious", "expected",
        "causality", "action", "outcome", "ended_at", "reviewed_at", "reviewed_by", "review_note",
    ),
    filters={"patient": serializers.UUIDField(required=False), "infusion": serializers.UUIDField(required=False)},
    by={"patient": "patient_id", "infusion": "infusion_id"},
    create=Verb(
        does=adverse.report,
        takes=("observed_at", "detail", "grade", "expected", "client_key"),
        fields={
            "patient": Known(Patient),
            "infusion": Known(Infusion, required=False),
            **like(
                AdverseEvent, ("kind", "term", "serious", "causality", "action", "outcome"), needs=("kind", "term")
            ),
        },
    ),
    verbs={
        "review": Verb(
            does=adverse.review,
            record="event_id",
            takes=("note",),
            fields={"outcome": one_of(AdverseEvent.Outcome)},
        )
    },
)  # fmt: skip

COLLECTIONS: tuple[Collection, ...] = (
    INFUSIONS, VITALS, NOTES, EVENTS, ARRIVALS, DISCHARGES, VIALS, LEDGER, ORDERS, REVIEWS, BOOSTERS, ADVERSE,
)  # fmt: skip
