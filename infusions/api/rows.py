"""Which rows of this room exist for a user, and what several of its collections have in common."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.fields import know
from clinic.models import User
from clinic.policy import Action
from infusions.models import Infusion, Order, RunEvent, Series, VitalSigns
from patients.models import Contact

WHY = {Action.SEE_CHART: ("goals", "ended_reason")}  # of a series: why it ended is not for every desk
ERROR = ("entered_in_error_at", "entered_in_error_reason")
ENTERED = ("observed_at", "entered_at", "entered_by")
OF_SERIES = {"series": serializers.UUIDField(required=False), "patient": serializers.UUIDField(required=False)}
BY_SERIES = {"series": "series_id", "patient": "series__patient_id"}


def series(user: User) -> QuerySet[Series]:
    return Series.objects.filter(site__in=user.site_ids).select_related("site", "patient")


def infusions(user: User) -> QuerySet[Infusion]:
    return Infusion.objects.filter(series__site__in=user.site_ids).select_related("series", "appointment")


def of_series(model: Any) -> Any:
    """Rows that belong to a series of the user's sites."""
    rows = model.objects.select_related("series")
    return lambda user: rows.filter(series__site__in=user.site_ids)


def at_the_chair(model: Any) -> Any:
    """Rows that were written during an infusion of the user's sites."""
    rows = model.objects.select_related("infusion__series")
    return lambda user: rows.filter(infusion__series__site__in=user.site_ids)


for model, rows in (
    (Series, series),
    (Order, of_series(Order)),
    (RunEvent, at_the_chair(RunEvent)),
    (VitalSigns, at_the_chair(VitalSigns)),
    (Contact, lambda user: Contact.objects.filter(patient__site__in=user.site_ids)),
):
    know(model, rows)
