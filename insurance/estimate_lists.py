"""The estimates of a site as lists: those to give, and all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from clinic.models import Site
from insurance.estimate_words import share
from insurance.models import Estimate, SelfPay
from patients.models import Patient

COLUMNS = ("what", "pk", "patient_id", "due")
SHOWN = 5


def to_give(site: Site) -> QuerySet[Any, Any]:
    """Agreements whose estimate was not made yet, and estimates not given yet, the earliest due first.

    A row that is about an agreement whose estimate is made already stands there once, as the estimate.
    """
    made = Estimate.objects.filter(_waiting(), site=site)
    agreed = SelfPay.objects.filter(
        patient__site=site, until__isnull=True, agreed_at__isnull=False, estimate_given_on__isnull=True
    )
    agreed = agreed.filter(gfe_due__isnull=False).exclude(patient__in=made.values("patient"))
    return _columns(made, "estimate", "due_on").union(_columns(agreed, "self_pay", "gfe_due")).order_by("due", "pk")


def _waiting() -> Q:
    """To be given: not given yet, whether a day is set for it or not; or given and no longer true.

    What nobody is waiting for, no day set and out of date by now, is left alone.
    """
    unreplaced = Q(superseded_by__isnull=True)
    dropped = Q(given_at__isnull=True, due_on__isnull=True, outdated_at__isnull=False)
    return unreplaced & ~dropped & (Q(given_at__isnull=True) | Q(outdated_at__isnull=False))


def _columns(rows: QuerySet[Any], what: str, due: str) -> QuerySet[Any, Any]:
    named: QuerySet[Any] = rows.order_by().annotate(what=Value(what, CharField()), due=Cast(F(due), DateField()))
    return named.values_list(*COLUMNS)


def every(site: Site) -> QuerySet[Any, Any]:
    """Every estimate of the site, the newest first."""
    rows = Estimate.objects.filter(site=site).annotate(what=Value("estimate", CharField()), due=F("due_on"))
    return rows.order_by("-made_at", "-id").values_list(*COLUMNS)


def of_patient(patient: Patient) -> list[dict[str, Any]]:
    """The patient's newest estimates with what they show."""
    rows = Estimate.objects.filter(patient=patient).annotate(what=Value("estimate", CharField()), due=F("due_on"))
    return dressed(rows.order_by("-made_at", "-id").values_list(*COLUMNS)[:SHOWN], patient.site)


def waiting(site: Site) -> int:
    return to_give(site).count()


def dressed(rows: Iterable[Any], site: Site) -> list[dict[str, Any]]:
    """A page of rows with what they show, in two queries."""
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    people = Patient.objects.in_bulk([row["patient_id"] for row in found])
    made = Estimate.objects.select_related("superseded_by", "made_by").in_bulk(
        [row["pk"] for row in found if row["what"] == "estimate"]
    )
    for row in found:
        estimate = made.get(row["pk"]) if row["what"] == "estimate" else None
        row |= {"patient": people[row["patient_id"]], "estimate": estimate}
        row["state"] = _state(estimate, row["due"], site)
        if estimate:
            row["share"] = share(estimate.share_from, estimate.share_to)
    return found


def _state(estimate: Estimate | None, due: Any, site: Site) -> tuple[str, str]:
    """A meaning and a word."""
    if estimate and hasattr(estimate, "superseded_by"):
        return "none", "Replaced"
    if estimate and estimate.outdated_at:
        return "warn", "Out of date"
    if estimate and estimate.given_at:
        return "ok", "Given"
    if due and due < site.today():
        return "stop", "Late"
    return ("warn", "To give") if estimate else ("warn", "To make and give")
