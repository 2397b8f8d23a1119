"""Who takes the patient home: told by the patient by link, or heard on the phone; asked again on arrival.

Whom the patient names is not yet somebody who has given their word: the checks on arrival hear that (journey J8).
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import IllegalTransition, NotFound
from clinic.models import User
from clinic.policy import Action, require
from patients import names, phones, registration
from patients.models import Contact, PatientLink
from visits import patient_tasks
from visits.changes import locked
from visits.models import Appointment, Ride
from visits.states import allowed


@transaction.atomic
def tell(
    *,
    appointment_id: UUID,
    by: User,
    contact_id: UUID | None = None,
    name: str = "",
    phone: str = "",
    relation: str = "",
    link: PatientLink | None = None,
) -> Ride:
    """Keep who comes for the patient: one of their escorts, or a new one. The last word counts; twice is once.

    Raises NotFound, NotPermitted, IllegalTransition once the visit is over, Invalid for a name or number.
    """
    visit = _visit(appointment_id, by)
    if contact_id:
        contact = _escort(visit, contact_id)
    else:
        contact = _known(visit, name, phone) or registration.add_contact(
            patient_id=visit.patient_id, kind=Contact.Kind.ESCORT, name=name, phone=phone, relation=relation, by=by
        )
    return _keep(visit, contact, by, link)


@transaction.atomic
def has_none(*, appointment_id: UUID, by: User, link: PatientLink | None = None) -> Ride:
    """Nobody comes yet: the desk calls. Raises what `tell` raises."""
    visit = _visit(appointment_id, by)
    ride = _keep(visit, None, by, link)
    patient_tasks.open_one(visit, patient_tasks.RIDE)
    return ride


def _visit(appointment_id: UUID, by: User) -> Appointment:
    visit = locked(appointment_id)
    require(by, Action.BOOK, at=visit.site)
    if not visit.is_alive:
        status = visit.get_status_display()
        raise IllegalTransition("This visit", current=status, wanted="Ride named", allowed=allowed(visit.status))
    return visit


def _escort(visit: Appointment, contact_id: UUID) -> Contact:
    escorts = Contact.objects.filter(patient=visit.patient_id, kind=Contact.Kind.ESCORT, is_active=True)
    found = escorts.filter(pk=contact_id).first()
    if found is None:
        raise NotFound
    return found


def _known(visit: Appointment, name: str, phone: str) -> Contact | None:
    """Somebody of this name and number whom the patient named before, whatever they are to them."""
    wanted = names.clean(name).casefold(), phones.digits(phone)[-10:]
    rows = Contact.objects.filter(patient=visit.patient_id, kind=Contact.Kind.ESCORT, is_active=True)
    return next((one for one in rows if (one.name.casefold(), phones.digits(one.phone)[-10:]) == wanted), None)


def _keep(visit: Appointment, contact: Contact | None, by: User, link: PatientLink | None) -> Ride:
    ride = Ride.objects.filter(appointment=visit).first()
    if ride is None or ride.contact_id != (contact.pk if contact else None):
        values = {"contact": contact, "told_at": clock.now(), "told_by": by, "link": link}
        ride, _ = Ride.objects.update_or_create(appointment=visit, defaults=values)
    patient_tasks.follow(visit, has_ride=contact is not None)
    return ride


def last_escorts(visit: Appointment) -> list[Contact]:
    """Those whom the patient may name again, the newest first."""
    rows = Contact.objects.filter(patient=visit.patient_id, kind=Contact.Kind.ESCORT, is_active=True).exclude(phone="")
    return list(rows.order_by("-id")[:4])


def of(visit: Appointment) -> Ride | None:
    return Ride.objects.filter(appointment=visit).select_related("contact", "told_by").first()
