"""What patients do with their visits by their own link: confirm, move, cancel, and say who takes them home.

By the same verbs as the desk, so under the same locks and rules; what would need a reason or a provider is not theirs
to decide, and becomes a call. Each answer may be given twice (a double tap, the way back, two devices): the second
finds what the first did. A refusal is said in their words (`Told`) and changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from clinic import clock, settings_versions
from clinic.errors import DomainError, Invalid, NotFound
from clinic.models import User
from patients import acting
from patients.links import Told
from patients.models import PatientLink
from visits import changes, patient_tasks, patient_times, patient_words, rides
from visits.clashes import NoPlace
from visits.courses import of as courses_of
from visits.models import Appointment, Ride

Status = Appointment.Status
OPEN = (Status.BOOKED, Status.CONFIRMED)
LONGEST_REASON = 300
MOST_SHOWN = 24
UNSAID = "Called off by the patient, by link."


def coming(link: PatientLink) -> list[Appointment]:
    """The visits ahead that still stand, and those of today."""
    site = link.patient.site
    today = site.day_bounds(site.today())[0]
    rows = _own_visits(link).filter(status__in=Appointment.ALIVE, starts_at__gte=today)
    return list(rows.order_by("starts_at")[:MOST_SHOWN])


def visit_of(link: PatientLink, appointment_id: UUID) -> Appointment:
    """One of the patient's own visits, whatever became of it. Raises NotFound for any other."""
    found = _own_visits(link).filter(pk=appointment_id).first()
    if found is None:
        raise NotFound
    return found


def _own_visits(link: PatientLink) -> QuerySet[Appointment]:
    """With who takes the patient home, and when the visit was last moved (`moved_at`)."""
    moved = Q(status_events__moved_from__isnull=False, status_events__undone_at__isnull=True)
    rows = Appointment.objects.filter(patient=link.patient_id).select_related("site", "patient", "ride__contact")
    return rows.annotate(moved_at=Max("status_events__at", filter=moved))


def may_answer(visit: Appointment) -> bool:
    return visit.status in OPEN and clock.now() < visit.starts_at


def _own(link: PatientLink, appointment_id: UUID) -> tuple[Appointment, User]:
    """The visit, locked, and in whose name it is changed. Raises NotFound, Told once a link was ended."""
    visit = changes.locked(appointment_id)
    if visit.patient_id != link.patient_id:
        raise NotFound
    link.refresh_from_db(fields=["revoked_at", "locked_at", "expires_at"])
    if not link.is_good:
        raise Told(_("This link has ended. Please call us: nothing was changed."))
    return visit, acting.by_link(visit.site, visit.patient.site)


def _require_open(visit: Appointment) -> None:
    if visit.status in {Status.ARRIVED, Status.IN_PROGRESS}:
        raise Told(_("You are checked in already. Please tell us at the desk."))
    if visit.status not in OPEN:
        raise Told(_("This visit does not stand any more. Please call us if that surprises you."))
    if clock.now() >= visit.starts_at:
        raise Told(_("This visit has begun by the clock. Please call us."))


@transaction.atomic
def confirm(*, link: PatientLink, appointment_id: UUID) -> Appointment:
    """“Yes, I will be there.” Raises NotFound, Told."""
    visit, by = _own(link, appointment_id)
    if visit.status == Status.CONFIRMED:
        return visit
    _require_open(visit)
    return changes.confirm(appointment_id=visit.pk, by=by)


def move(*, link: PatientLink, appointment_id: UUID, starts_at: datetime, seen: datetime | None) -> Appointment:
    """Take another of the hours that were offered. `seen` is the hour of the visit on the patient's page.

    Raises NotFound, and Told when the hour was taken meanwhile, the desk moved the visit, or a rule forbids it: the
    visit stays where it is.
    """
    try:
        return _move(link, appointment_id, starts_at, seen)
    except (Told, NotFound):
        raise
    except NoPlace as taken:
        raise Told(_("Somebody has just taken this time. Your visit is unchanged. Please choose another.")) from taken
    except DomainError as refusal:
        raise Told(_("This time is not possible any more. Your visit is unchanged.")) from refusal


@transaction.atomic
def _move(link: PatientLink, appointment_id: UUID, starts_at: datetime, seen: datetime | None) -> Appointment:
    visit, by = _own(link, appointment_id)
    if visit.starts_at == starts_at and visit.status in OPEN:
        return visit
    _require_open(visit)
    if seen != visit.starts_at:
        words = patient_words.when(visit.site, visit.starts_at)
        raise Told(_("Your visit has changed meanwhile. It is on %(when)s now.") % {"when": words})
    if not patient_times.may_still_move(visit):
        raise Told(_("It is too late to move this visit by yourself. Ask us to call you."))
    if not patient_times.allowed(visit)(starts_at):
        raise Told(_("This time does not fit your treatment. Your visit is unchanged. Please choose another."))
    staff = patient_times.therapist(visit)
    return changes.move(appointment_id=visit.pk, starts_at=starts_at, staff=staff, by=by)


@transaction.atomic
def ask_to_move(*, link: PatientLink, appointment_id: UUID) -> Appointment:
    """No hour suits, or it is too late to move alone: the desk calls. Raises NotFound, Told."""
    visit, _by = _own(link, appointment_id)
    _require_open(visit)
    patient_tasks.open_one(visit, patient_tasks.TIME)
    return visit


def is_late(visit: Appointment) -> bool:
    return changes.is_late(visit, "patient", clock.now())


def notice_hours(visit: Appointment) -> int:
    return settings_versions.current(visit.site).cancel_notice_hours


def belongs_to_series(visit: Appointment) -> bool:
    return visit.kind == Appointment.Kind.BOOSTER or visit.pk in courses_of([visit.pk])


@transaction.atomic
def cancel(*, link: PatientLink, appointment_id: UUID, reason: str = "") -> Appointment:
    """Call the visit off; late or not is decided by the notice rule. Raises NotFound, Told, Invalid."""
    visit, by = _own(link, appointment_id)
    if visit.status == Status.CANCELLED:
        return visit
    _require_open(visit)
    words = " ".join(reason.split())
    if len(words) > LONGEST_REASON:
        raise Invalid({"reason": _("Keep it to %(most)s characters.") % {"most": LONGEST_REASON}})
    in_series = belongs_to_series(visit)
    try:
        with transaction.atomic():
            done = changes.cancel(appointment_id=visit.pk, party="patient", reason=words or UNSAID, by=by)
    except (NotFound, Invalid):
        raise
    except DomainError as refusal:
        raise Told(_("This visit can’t be called off from here. Please call us.")) from refusal
    if not in_series:  # a series asks for its repair by itself
        patient_tasks.open_one(done, patient_tasks.AGAIN)
    return done


@transaction.atomic
def tell_ride(
    *,
    link: PatientLink,
    appointment_id: UUID,
    contact_id: UUID | None = None,
    name: str = "",
    phone: str = "",
    relation: str = "",
) -> Ride:
    """“My ride is …”: one of the people named before, or somebody new. Raises NotFound, Told, Invalid."""
    visit, by = _own(link, appointment_id)
    _require_open(visit)
    return rides.tell(
        appointment_id=visit.pk, contact_id=contact_id, name=name, phone=phone, relation=relation, by=by, link=link
    )


@transaction.atomic
def has_no_ride(*, link: PatientLink, appointment_id: UUID) -> Ride:
    """“I have nobody yet; please call me.” Raises NotFound, Told."""
    visit, by = _own(link, appointment_id)
    _require_open(visit)
    return rides.has_none(appointment_id=visit.pk, by=by, link=link)
