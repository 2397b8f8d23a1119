"""One record that a person's role or site does not open, opened in an emergency: for an hour, and only to read.

45 CFR 164.312(a)(2)(ii) asks for a way to what is needed in an emergency. Whoever goes it says who the patient is, as
people in an emergency know that, and why; the clinic admins of the patient's site hear of it at once and judge it.
What opens is one page made for it (`journey.emergency_record`), not the rights of another role.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import User
from clinic.policy import Action, can
from journey import reviewing
from journey.models import EmergencyAccess
from journey.models.access import EMERGENCY
from patients import names
from patients.models import Patient
from reminders import followups

TASK, SUBJECT = "emergency_access", "emergency_access"
TO_REVIEW = timedelta(hours=24)
SHORTEST_REASON = 15
NOBODY = "No record fits. Check the number, or the family name and the birth date."

after_open: list[Callable[[EmergencyAccess], None]] = []
"""Called with what was opened, in the transaction of it: who has to know hears of it."""


def may_ask(user: User) -> bool:
    return can(user, Action.OPEN_IN_EMERGENCY)


@transaction.atomic
def open_record(
    *, reason: str, by: User, mrn: str = "", family_name: str = "", birth_date: date | None = None
) -> EmergencyAccess:
    """Open the one record that fits: by its number, or by family name and birth date. Twice within the hour is once.

    Raises NotPermitted, Invalid.
    """
    if not may_ask(by):
        raise NotPermitted("Your role does not open records in an emergency. Ask a colleague who may.")
    words = " ".join(reason.split())
    problems = {}
    if len(words) < SHORTEST_REASON:
        problems["reason"] = "Write what happened and what you need to know: somebody reviews this."
    if len(words) > 300:
        problems["reason"] = "Write this in 300 characters or fewer."
    if not mrn.strip() and not (family_name.strip() and birth_date):
        problems["mrn"] = "Give the record number, or the family name and the birth date."
    if problems:
        raise Invalid(problems)
    patient = _the_one(mrn.strip(), family_name.strip(), birth_date)
    now = clock.now()
    standing = EmergencyAccess.objects.filter(
        opened_by=by, patient=patient, closed_at__isnull=True, ends_at__gt=now
    ).first()
    if standing is not None:
        return standing
    opened = EmergencyAccess.objects.create(
        patient=patient, site=patient.site, opened_by=by, reason=words, opened_at=now, ends_at=now + EMERGENCY
    )
    followups.open_task(
        kind=TASK, site=patient.site, patient=patient, title=f"Review: {by.full_name} opened a record in an emergency",
        subject_kind=SUBJECT, subject_id=opened.pk, due_at=now + TO_REVIEW, link=reverse("journey:audit-emergencies"),
    )  # fmt: skip
    for follow in after_open:
        follow(opened)
    return opened


def _the_one(mrn: str, family_name: str, birth_date: date | None) -> Patient:
    """Raises Invalid where none fits, or more than one: a guess would open a stranger's record."""
    rows = Patient.objects.select_related("site").filter(site__is_active=True)
    if mrn:
        found = list(rows.filter(mrn__iexact=mrn)[:2])
    else:
        born = rows.filter(birth_date=birth_date or date.min)[:200]
        found = [one for one in born if names.fold(one.family_name) == names.fold(family_name)]
    if not found:
        raise Invalid({"mrn": NOBODY})
    if len(found) > 1:
        raise Invalid({"mrn": "More than one record fits. Give the record number."})
    return found[0]


def held(access_id: UUID, *, by: User) -> EmergencyAccess:
    """What this person opened, while the hour lasts and the right is held. Raises NotFound for everybody else."""
    found = EmergencyAccess.objects.select_related("patient__site", "site").filter(pk=access_id, opened_by=by).first()
    if found is None or not may_ask(by):
        raise NotFound
    if not found.is_open:
        raise Refused("This access has ended. If the emergency goes on, open the record again and say why.")
    return found


@transaction.atomic
def close(*, access_id: UUID, by: User) -> EmergencyAccess:
    """End it before the hour is over; twice is once. Raises NotFound."""
    found = EmergencyAccess.objects.select_for_update().filter(pk=access_id, opened_by=by).first()
    if found is None:
        raise NotFound
    if found.is_open:
        found.closed_at = clock.now()
        found.save(update_fields=["closed_at"])
    return found


@transaction.atomic
def review(*, access_id: UUID, verdict: str, words: str, by: User) -> EmergencyAccess:
    """Say what an access was. Raises NotFound, NotPermitted, Invalid, Refused for one's own or one judged already."""
    found = EmergencyAccess.objects.select_for_update(of=("self",)).select_related("site").filter(pk=access_id).first()
    if found is None:
        raise NotFound
    reviewing.judge(found, whose=found.opened_by_id, verdict=verdict, words=words, by=by)
    outcome = f"{found.get_verdict_display()}. {found.words}"
    followups.close_for(subject_kind=SUBJECT, subject_id=found.pk, kind=TASK, outcome=outcome, by=by)
    return found
