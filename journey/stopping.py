"""What a stopped series leaves to the insurance desk (J4): units that are free again, and another estimate."""

from __future__ import annotations

from datetime import time

from django.urls import reverse

from clinic.models import User
from infusions import series_tasks
from infusions.models import Infusion, Series
from infusions.stopping import Consequence
from insurance import authorizations, estimate_watch
from insurance.models import SelfPay
from insurance.rules import add_business_days
from journey import approvals

ESTIMATE = "estimate_again"
EVENING = time(17)


def foresee(series: Series) -> list[Consequence]:
    """What would happen to units and estimate, in sentences."""
    found: list[Consequence] = []
    free = _free(series)
    if free:
        found.append(("ok", f"{free} unit{'s' if free > 1 else ''} of the authorization are free again."))
    if _off(series):
        found.append(("info", f"The insurance desk is asked to {_what(series)}."))
    return found


def follow(series: Series, by: User) -> None:
    """Have the estimate made anew, and stop asking the payer for more units."""
    series_tasks.end(series, [approvals.KIND], "The series was stopped.", by)
    estimate_watch.look(series.patient)
    if not series.infusions.filter(state=Infusion.State.CANCELLED).exists():
        return
    series_tasks.ask(
        series,
        ESTIMATE,
        f"Series of {{}} stopped: {_what(series)}",
        due_at=series.site.moment(add_business_days(series.site.today(), 1), EVENING),
        link=reverse("insurance:patient", args=[series.patient_id]),
    )


def _off(series: Series) -> int:
    return series.infusions.filter(state=Infusion.State.SCHEDULED).count()


def _free(series: Series) -> int:
    """The units that the infusions still booked hold."""
    approved = authorizations.on_file(series.patient)
    if not approved:
        return 0
    coming = series.infusions.filter(state=Infusion.State.SCHEDULED).select_related("appointment")
    off = [series.site.local(each.appointment.starts_at).date() for each in coming]
    days = authorizations.infusion_days(series.patient)
    left = list(days)
    for day in off:
        if day in left:
            left.remove(day)
    return sum(authorizations.units_left(approved, left)) - sum(authorizations.units_left(approved, days))


def _what(series: Series) -> str:
    """Who pays themselves gets an estimate of what was given, and back what was paid for the rest."""
    if SelfPay.objects.filter(patient=series.patient_id, until__isnull=True).exists():
        return "give the estimate again, and refund what was paid for the rest"
    return "count the units again, and give the estimate of what was given"
