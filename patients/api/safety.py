"""Safety alerts, what each requires, and safety plans."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb
from clinic.api.fields import Whole, Words, like, one_of
from clinic.models import User
from patients import alert_contacts, alerts, safety_plans
from patients.api.hanging import BY, OF, PATIENT, of_patients
from patients.models import AlertContact, SafetyAlert, SafetyPlan

ALERTS = Collection(
    name="alerts",
    model=SafetyAlert,
    rows=of_patients(SafetyAlert),
    patient="patient_id",
    shows=(
        "id", "patient", "measure", "grade", "opened_at", "acknowledge_by", "acknowledged_at", "acknowledged_by",
        "closed_at", "closed_by", "outcome", "may_infuse", "cleared_at", "cleared_by", "clearance_note",
    ),
    filters={
        **OF,
        "open": serializers.BooleanField(required=False),
        "grade": one_of(SafetyAlert.Grade, required=False),
    },
    by={**BY, "open": "closed_at__isnull"},
    verbs={
        "acknowledge": Verb(does=alerts.acknowledge, record="alert_id"),
        "grade": Verb(
            does=alerts.regrade,
            record="alert_id",
            takes=("grade", "reason"),
            fields={"grade": one_of(SafetyAlert.Grade)},
        ),
        "clear": Verb(does=alerts.clear_for_infusion, record="alert_id", takes=("note",)),
        "close": Verb(does=alerts.close, record="alert_id", takes=("outcome", "without")),
    },
)  # fmt: skip
CALLS = Collection(
    name="contacts",
    model=AlertContact,
    rows=lambda user: AlertContact.objects.filter(alert__patient__site__in=user.site_ids).select_related("alert"),
    within=ALERTS,
    through="alert",
    patient="alert.patient_id",
    shows=(
        "id", "kind", "attempt", "owner_role", "opened_at", "due_at", "state", "outcome", "ended_at", "ended_by",
    ),
    verbs={"record": Verb(does=alert_contacts.record, record="contact_id", takes=("reached", "words"))},
)  # fmt: skip


def _save(*, plan: SafetyPlan, by: User, saved: int | None = None, **typed: Any) -> SafetyPlan:
    """Keep the draft: only what is named changes. `saved` is how often it was saved when it was read.

    Raises NotFound, NotPermitted, Refused when it was signed or changed meanwhile, Invalid.
    """
    said = {name: typed.get(name, getattr(plan, name)) for name in (*SafetyPlan.STEPS, "made_how", "language")}
    return safety_plans.save(
        plan_id=plan.pk,
        saved=plan.saved if saved is None else saved,
        steps={step: said[step] for step in SafetyPlan.STEPS},
        made_how=said["made_how"],
        language=said["language"],
        by=by,
    )


def _copy(plan: SafetyPlan) -> File:
    """The patient's copy, in the plan's language."""
    made = safety_plans.print_for_patient(plan, plan.language)
    return File(made, f"safety-plan-{plan.number}-{plan.language}.pdf", "application/pdf")


PLANS = Collection(
    name="safety-plans",
    model=SafetyPlan,
    rows=of_patients(SafetyPlan),
    patient="patient_id",
    shows=(
        "id", "patient", "number", "language", "made_how", *SafetyPlan.STEPS, "saved", "begun_at", "begun_by",
        "signed_at", "signed_by",
    ),
    filters=OF,
    by=BY,
    create=Verb(does=safety_plans.begin, fields={"patient": PATIENT}),
    update=Verb(
        does=_save,
        record="plan",
        fields={
            **{step: Words(required=False, max_length=safety_plans.MOST) for step in SafetyPlan.STEPS},
            **like(SafetyPlan, ("made_how", "language")),
            "saved": Whole(required=False, min_value=0),
        },
    ),
    verbs={"sign": Verb(does=safety_plans.sign, record="plan_id")},
    file=_copy,
)  # fmt: skip

COLLECTIONS: tuple[Collection, ...] = (ALERTS, CALLS, PLANS)
