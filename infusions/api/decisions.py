"""What a provider decides: orders, reviews of the response, plans of boosters."""

from __future__ import annotations

from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Known, Whole, like, one_of
from infusions import booster_visits, orders, response
from infusions.api.rows import BY_SERIES, OF_SERIES, of_series
from infusions.models import BoosterPlan, Order, ResponseReview, Series

ORDERS = Collection(
    name="orders",
    model=Order,
    rows=of_series(Order),
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
    rows=of_series(ResponseReview),
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
    rows=of_series(BoosterPlan),
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
