"""Which plans a site takes: a list by payer, or by one plan of a payer, that admins keep."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower, Trim

from clinic import advisory, clock
from clinic.errors import Invalid, NotFound
from clinic.gathering import Given
from clinic.models import Site, User
from clinic.policy import Action, require
from insurance.models import AcceptedPlan, Coverage, Payer
from patients.models import Patient

Standing = AcceptedPlan.Standing
Chip = tuple[str, str]
"""The meaning of a chip, and its words."""
_CHIPS: dict[str, Chip] = {
    Standing.IN_NETWORK: ("ok", "In network"),
    Standing.ACCEPTED: ("warn", "Out of network"),
    Standing.NOT_ACCEPTED: ("stop", "Not accepted here"),
}


def on_list(site: Site) -> QuerySet[AcceptedPlan]:
    """What the site says of plans, by payer."""
    return AcceptedPlan.objects.filter(site=site).select_related("payer", "kept_by")


def said(site: Site | Given, of: str = "") -> Subquery:
    """What the site's list says of a plan, as part of the query that reads it: of that very plan, else of its payer's.

    `of` is the way from the row that is read to its plan.
    """
    rows = AcceptedPlan.objects.alias(name=Lower("plan_name")).filter(
        Q(name="") | Q(name=Lower(Trim(OuterRef(f"{of}plan_name")))), site=site, payer=OuterRef(f"{of}payer")
    )
    return Subquery(rows.order_by("-name").values("standing")[:1])


def chip(standing: str | None) -> Chip | None:
    """The chip of what a list says; None where it says nothing."""
    return _CHIPS[standing] if standing else None


def chips(site: Site, plans: Iterable[Coverage]) -> dict[UUID, Chip]:
    """What the site's list says of these plans, by plan; nothing for a payer it does not name. One query."""
    rows = Coverage.objects.filter(pk__in=[plan.pk for plan in plans]).values_list("pk", said(site))
    return {pk: _CHIPS[standing] for pk, standing in rows if standing}


def in_network(plan: Coverage) -> bool | None:
    """Whether the patient's site is in the network of this plan, as far as its list says. One query."""
    meaning = chips(plan.patient.site, [plan]).get(plan.pk, ("", ""))[0]
    return {"ok": True, "warn": False, "stop": False}.get(meaning)


def of_patient(patient: Patient) -> list[tuple[Coverage, Chip]]:
    """The plans of the patient that hold today and that the site's list speaks of, each with its chip."""
    today = patient.site.today()
    rows = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("payer")
    plans = [plan for plan in rows.order_by("rank", "-starts_on", "id") if plan.holds_on(today)]
    found = chips(patient.site, plans) if plans else {}
    return [(plan, found[plan.pk]) for plan in plans if plan.pk in found]


@transaction.atomic
def keep(*, site: Site, payer: Payer, standing: str, by: User, plan_name: str = "", note: str = "") -> AcceptedPlan:
    """Say whether the site takes a payer's plans, or one of them; what was said before is replaced.

    Raises NotPermitted, Invalid.
    """
    require(by, Action.VERIFY_BENEFITS, at=site)
    name, words = " ".join(plan_name.split()), note.strip()
    wrong = {}
    if standing not in Standing.values:
        wrong["standing"] = "Choose in network, accepted or not accepted."
    if len(name) > 120:
        wrong["plan_name"] = "Write this in 120 characters or fewer."
    if len(words) > 200:
        wrong["note"] = "Write this in 200 characters or fewer."
    if wrong:
        raise Invalid(wrong)
    advisory.in_turn(f"insurance.accepted {site.pk} {payer.pk} {name.casefold()}")
    row = AcceptedPlan.objects.select_for_update().filter(site=site, payer=payer, plan_name__iexact=name).first()
    row = row or AcceptedPlan(site=site, payer=payer, plan_name=name)
    row.standing, row.note, row.kept_by, row.kept_at = standing, words, by, clock.now()
    row.save()
    return row


@transaction.atomic
def drop(*, accepted_id: UUID, by: User) -> None:
    """Take a line off the list: the site says nothing of this plan any more. Raises NotFound, NotPermitted."""
    row = AcceptedPlan.objects.select_for_update(of=("self",)).select_related("site").filter(pk=accepted_id).first()
    if row is None:
        raise NotFound
    require(by, Action.VERIFY_BENEFITS, at=row.site)
    row.delete()
