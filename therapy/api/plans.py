"""Integration plans, and what comes back of them: the journal, and notes of those close to a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Day, Known, Typed, Words, one_of, some
from clinic.models import User
from infusions.api.rows import BY_SERIES, OF_SERIES
from infusions.models import Series
from therapy import collateral, integration_plans, journals, plan_links
from therapy.integration_plans import MOST_STEPS, TEXTS, Draft, Step
from therapy.models import CollateralConsent, CollateralNote, IntegrationPlan, JournalEntry, PlanStep

SERIES = {"series": Known(Series, as_id=True, source="series_id")}


def plans(user: User) -> QuerySet[IntegrationPlan]:
    rows = IntegrationPlan.objects.filter(series__site__in=user.site_ids)
    return rows.select_related("series").prefetch_related("steps")


def entries(user: User) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(series__site__in=user.site_ids)


def consents(user: User) -> QuerySet[CollateralConsent]:
    return CollateralConsent.objects.filter(series__site__in=user.site_ids).select_related("series")


def close_ones(user: User) -> QuerySet[CollateralNote]:
    return CollateralNote.objects.filter(consent__series__site__in=user.site_ids).select_related("consent")


class ShownStep(serializers.ModelSerializer[PlanStep]):
    """One thing to do; its key stays the same from one version of the plan to the next."""

    class Meta:
        model = PlanStep
        fields = ("key", "position", "insight", "action", "due_on", "with_whom")


class TypedStep(Typed):
    """One thing to do, as a therapist writes it; `key` is that of the step it was before."""

    action = Words(max_length=300)
    insight = Words(max_length=300, required=False)
    due_on = Day(required=False, allow_null=True)
    with_whom = Words(max_length=120, required=False)
    key = serializers.UUIDField(required=False, allow_null=True)


def _steps(typed: Sequence[Mapping[str, Any]]) -> list[Step]:
    return [Step(**one) for one in typed]


def _begin(
    *, series_id: UUID, by: User, steps: Sequence[Mapping[str, Any]] = (), wants_reminders: bool = True, **texts: str
) -> IntegrationPlan:
    """Begin the next version of a plan. Raises NotFound, NotPermitted, Invalid; Overtaken while one is written."""
    draft = Draft(texts, _steps(steps), wants_reminders)
    return integration_plans.write(series_id=series_id, draft=draft, by=by)


def _change(*, plan: IntegrationPlan, by: User, version: int | None = None, **typed: Any) -> IntegrationPlan:
    """Write on a plan that was not given yet: what is not named stays. Raises NotPermitted, Invalid, Overtaken."""
    kept = [Step(one.action, one.insight, one.due_on, one.with_whom, one.key) for one in plan.steps.all()]
    draft = Draft(
        {name: typed.get(name, getattr(plan, name)) for name in TEXTS},
        _steps(typed["steps"]) if "steps" in typed else kept,
        typed.get("wants_reminders", plan.wants_reminders),
    )
    seen = plan.version if version is None else version
    return integration_plans.write(series_id=plan.series_id, draft=draft, by=by, version=seen, number=plan.number)


def _link(*, plan: IntegrationPlan, by: User, email: bool = False) -> tuple[IntegrationPlan, str]:
    """Make the patient's link to the plan in force anew; with `email` it is written to them.

    The former one ends; the `secret` is the address. Raises NotFound, NotPermitted, Refused.
    """
    return plan, urljoin(settings.PUBLIC_URL, plan_links.renew(series_id=plan.series_id, by=by, send=email))


def _end(*, plan: IntegrationPlan, by: User) -> None:
    """The patient's link opens nothing any more. Raises NotFound, NotPermitted."""
    plan_links.end(series_id=plan.series_id, by=by)


def _read(*, entry: JournalEntry, by: User) -> int:
    """Somebody has read it. Raises NotFound, NotPermitted."""
    return journals.read(series_id=entry.series_id, seen=[entry.pk], by=by)


def _read_close_one(*, note: CollateralNote, by: User) -> int:
    """Somebody has read it. Raises NotFound, NotPermitted."""
    return collateral.read(series_id=note.consent.series_id, seen=[note.pk], by=by)


def _invite(*, consent: CollateralConsent, by: User, email: bool = False) -> tuple[CollateralConsent, str]:
    """Make the link of this person anew; with `email` it is written to the patient, to pass on.

    The former one ends; the `secret` is the address. Raises NotFound, NotPermitted, Invalid, Refused.
    """
    return consent, urljoin(settings.PUBLIC_URL, collateral.invite(consent_id=consent.pk, by=by, send=email))


WRITTEN = {
    **{name: Words(max_length=2000, required=False) for name in TEXTS},
    "steps": some(TypedStep, most=MOST_STEPS, required=False),
    "wants_reminders": serializers.BooleanField(required=False),
}
PLANS = Collection(
    name="integration-plans",
    model=IntegrationPlan,
    rows=plans,
    patient="patient_id",
    shows=(
        "id", "patient", "series", "session", "number", *TEXTS, "steps", "wants_reminders", "author", "written_at",
        "signed_at", "signed_by", "version",
    ),
    fields={"steps": ShownStep(many=True, read_only=True)},
    filters={**OF_SERIES, "given": serializers.BooleanField(required=False)},
    by={**BY_SERIES, "given": lambda rows, value, user: rows.filter(signed_at__isnull=not value)},
    create=Verb(does=_begin, fields={**SERIES, **WRITTEN}),
    update=Verb(does=_change, record="plan", takes=("version",), fields=WRITTEN),
    verbs={
        "give": Verb(does=integration_plans.give, record="plan_id", takes=("version",)),
        "link": Verb(does=_link, record="plan", takes=("email",), secret=True),
        "end-link": Verb(does=_end, record="plan"),
    },
)  # fmt: skip
UNREAD = {"unread": serializers.BooleanField(required=False)}
JOURNAL = Collection(
    name="journal-entries",
    model=JournalEntry,
    rows=entries,
    patient="patient_id",
    shows=("id", "patient", "series", "text", "written_at", "alert", "read_at", "read_by"),
    filters={**OF_SERIES, **UNREAD},
    by={**BY_SERIES, "unread": "read_at__isnull"},
    verbs={"seen": Verb(does=_read, record="entry")},
)
CONSENTS = Collection(
    name="collateral-consents",
    model=CollateralConsent,
    rows=consents,
    patient="patient_id",
    shows=(
        "id", "patient", "series", "name", "relation", "how", "agreed_at", "recorded_by", "revoked_at", "revoked_by",
    ),
    filters=OF_SERIES,
    by=BY_SERIES,
    create=Verb(
        does=collateral.agree, takes=("name", "relation"), fields={**SERIES, "how": one_of(CollateralConsent.How)}
    ),
    verbs={
        "link": Verb(does=_invite, record="consent", takes=("email",), secret=True),
        "end": Verb(does=collateral.revoke, record="consent_id"),
    },
)  # fmt: skip
CLOSE_ONES = Collection(
    name="collateral-notes",
    model=CollateralNote,
    rows=close_ones,
    patient="consent.patient_id",
    shows=("id", "consent", "text", "written_at", "alert", "read_at", "read_by"),
    filters={"consent": serializers.UUIDField(required=False), **UNREAD},
    by={"consent": "consent_id", "unread": "read_at__isnull"},
    verbs={"seen": Verb(does=_read_close_one, record="note")},
)
