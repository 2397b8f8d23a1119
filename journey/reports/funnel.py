"""Where people are lost between the first call and years of boosters, counted by the database in one pass."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from infusions.models import BoosterPlan, Infusion, Series
from journey.reports.criteria import Criteria
from patients.models import Evaluation, Inquiry, Patient

STEPS = ("Asked or registered", "Evaluated", "Eligible", "Started", "Completed", "In maintenance")
_KEYS = ("evaluated", "eligible", "started", "completed", "maintained")


def people(criteria: Criteria) -> QuerySet[Patient]:
    """Patients who first asked on these days; who never asked counts on the day of registration."""
    asked = Inquiry.objects.filter(patient=OuterRef("pk"))
    in_time = Inquiry.objects.filter(criteria.within("site", "received_at"), patient=OuterRef("pk"))
    sites = [site.pk for site in criteria.sites]
    return Patient.objects.filter(
        Q(Exists(in_time)) | criteria.within("site", "registered_at") & ~Q(Exists(asked)), site__in=sites
    )


def strangers(criteria: Criteria) -> QuerySet[Inquiry]:
    """Who asked and was never registered."""
    return Inquiry.objects.filter(criteria.within("site", "received_at"), patient__isnull=True)


def count(criteria: Criteria) -> list[int | None]:
    """How many reached each step, up to now. Each step counts those of the step before it alone.

    With a diagnosis the first step is None: a diagnosis is known of those who were evaluated.
    """
    signed = Evaluation.objects.filter(patient=OuterRef("pk"), signed_at__isnull=False)
    if criteria.diagnosis:
        code = criteria.diagnosis
        dotted = f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
        signed = signed.filter(Q(diagnosis_code__startswith=code) | Q(diagnosis_code__startswith=dotted))
    loading = Series.objects.filter(patient=OuterRef("pk"), kind=Series.Kind.LOADING)
    plans = BoosterPlan.objects.filter(series__patient=OuterRef("pk"))
    found = people(criteria).annotate(
        evaluated=Exists(signed),
        eligible=Exists(signed.filter(state__in=["eligible", "conditional"])),
        started=Exists(Infusion.objects.filter(series__patient=OuterRef("pk"), state__in=Infusion.GIVEN)),
        completed=Exists(loading.filter(state=Series.State.COMPLETED)),
        maintained=Exists(plans),
    )
    counts, reached = {}, Q()
    for key in _KEYS:
        reached &= Q(**{key: True})
        counts[f"n_{key}"] = Count("pk", filter=reached)
    row = found.aggregate(everybody=Count("pk"), **counts)
    first = None if criteria.diagnosis else row["everybody"] + strangers(criteria).count()
    return [first, *(row[f"n_{key}"] for key in _KEYS)]
