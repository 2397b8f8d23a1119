"""The insurance queue of a group of clinics: 50,000 plans, each with both its legs checked, as a clerk opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pgtrigger
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve, reverse

from clinic import clock
from clinic.bench import Case
from clinic.ids import uuid7
from clinic.models import Membership, Site, User
from clinic.policy import Role
from insurance.models import Coverage, Payer, PayerContact, Verification
from patients.models import Patient

PLANS, PAYERS = 50_000, 40
OPEN_EACH, VISIT_EACH = 5, 4  # every fifth plan has a check to do, every fourth patient a visit ahead
State, Leg = Verification.State, Verification.Leg


def cases() -> Iterable[Case]:
    yield Case("insurance: the queue of 50,000 coverages", _queue, runs=40, target_ms=150)


def fill(plans: int = PLANS) -> tuple[Site, User]:
    """A site with so many patients, each with a plan and a check of both legs; without history, which no page reads."""
    with pgtrigger.ignore():
        return _filled(plans)


def _filled(plans: int) -> tuple[Site, User]:
    site = Site.objects.create(code=f"pays-{uuid7().hex[-8:]}", name="Pays", time_zone="America/Los_Angeles")
    clerk = User.objects.create(email=f"clerk-{uuid7().hex}@evenkeel.example", full_name="Clerk")
    Membership.objects.create(user=clerk, site=site, role=Role.INSURANCE_ADMIN)
    payers = Payer.objects.bulk_create(Payer(name=f"Payer {number:02}") for number in range(PAYERS))
    people = Patient.objects.bulk_create((_person(site, number) for number in range(plans)), batch_size=5000)
    covered = Coverage.objects.bulk_create(
        (
            Coverage(patient=one, payer=payers[number % PAYERS], member_id=str(number), starts_on=date(2026, 1, 1))
            for number, one in enumerate(people)
        ),
        batch_size=5000,
    )
    checks = Verification.objects.bulk_create(
        (_check(plan, leg, number, clerk) for number, plan in enumerate(covered) for leg in Leg.values),
        batch_size=5000,
    )
    now = clock.now()
    PayerContact.objects.bulk_create(
        (
            PayerContact(
                verification=check, state=check.state, method="phone", observed_at=now, entered_at=now, entered_by=clerk
            )
            for check in checks[::2]
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        for model in (Patient, Coverage, Verification, PayerContact):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
    return site, clerk


def _person(site: Site, number: int) -> Patient:
    return Patient(
        site=site, mrn=f"Q{uuid7().hex[-12:]}", given_name="Bench", family_name=f"Payer {number}",
        birth_date=date(1980, 1, 1), search_text=f"bench payer {number}",
    )  # fmt: skip


def _check(plan: Coverage, leg: str, number: int, clerk: User) -> Verification:
    now = clock.now()
    to_do, visit = number % OPEN_EACH == 0, number % VISIT_EACH == 0
    return Verification(
        patient=plan.patient,
        site=plan.patient.site,  # no trigger writes it here
        coverage=plan,
        leg=leg,
        state=State.NOT_STARTED if to_do else State.ACTIVE,
        owner=clerk if number % 3 else None,
        due_on=(now + timedelta(days=number % 9)).date() if to_do else None,
        next_visit_at=now + timedelta(hours=1 + number % 700) if visit else None,
        next_visit_kind="infusion" if visit else "",
        checked_at=None if to_do else now,
        checked_by=None if to_do else clerk,
        valid_until=None if to_do else (now + timedelta(days=20)).date(),
    )


def _queue() -> Callable[[int], object]:
    _, clerk = fill()
    address = reverse("insurance:queue")
    view, args, kwargs = resolve(address)

    def run(number: int) -> object:
        request: HttpRequest = RequestFactory().get(address if number % 4 else f"{address}?page=last")
        request.user = User.objects.get(pk=clerk.pk)
        request.session = {}  # type: ignore[assignment]
        request.resolver_match = resolve(address)
        return view(request, *args, **kwargs)

    return run
