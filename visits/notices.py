"""The reminders of a visit: three days and one day before at the same hour of the site's wall clock, and on the day.

Protocol 7.2 and Table A, reminder_offsets (S-Steiner); the last one only where the site has set it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from clinic import clock
from clinic.protocol import ProtocolValues
from reminders import ledger
from reminders.ledger import Occasion
from reminders.models import Message
from reminders.rules import end_of_quiet, is_quiet
from visits.models import Appointment
from visits.premises import Premises
from visits.rules import wall_clock_before

KINDS = ("appointment_72h", "appointment_24h", "appointment_2h")
SUBJECT = "appointment"
LAST_USEFUL = timedelta(minutes=30)  # what would come later than that before a visit is not said


def plan(appointment: Appointment, at: Premises) -> None:
    """Plan what is still ahead of the reminders."""
    ledger.NEW.write(planned([appointment], at))


def planned(visits: Sequence[Appointment], at: Premises) -> list[Message]:
    """What is still ahead of the reminders of several visits of one patient at one site, not written yet."""
    now, patient, site = clock.now(), visits[0].patient, visits[0].site
    return ledger.planned(
        [
            Occasion(
                subject_id=visit.pk,
                occurrence=f"{_hour(visit)}{visit.version}",
                due={kind: due_at for kind, due_at in moments(visit, at.settings).items() if due_at > now},
                expires_at=visit.starts_at,
                values={"at": visit.starts_at.isoformat()},
            )
            for visit in visits
        ],
        patient=patient,
        site=site,
        subject_kind=SUBJECT,
        own_words=at.own_words,
    )


def moments(appointment: Appointment, settings: ProtocolValues) -> dict[str, datetime]:
    """When each reminder is due."""
    starts_at, site = appointment.starts_at, appointment.site
    hours = (settings.reminder_first_hours, settings.reminder_second_hours)
    due = {kind: wall_clock_before(starts_at, before, site.zone) for kind, before in zip(KINDS[:2], hours, strict=True)}
    if settings.reminder_last_hours:
        last = site.local(wall_clock_before(starts_at, settings.reminder_last_hours, site.zone))
        due[KINDS[2]] = end_of_quiet(last) if is_quiet(last) else last
        if starts_at - due[KINDS[2]] < LAST_USEFUL:
            del due[KINDS[2]]
    return due


def _hour(appointment: Appointment) -> str:
    """The part of a message's occasion that names the visit's hour; the visit's version follows it."""
    return f"{appointment.starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ} v"


def take_back(appointment: Appointment, why: str) -> int:
    """Void what was planned about a visit and has not gone out. Answers how many."""
    return ledger.void(subject_kind=SUBJECT, subject_id=appointment.pk, why=why, kinds=KINDS)


def restore(appointment: Appointment) -> int:
    """Plan again what was said about the visit's present hour before it was changed. Answers how many."""
    own = Message.objects.filter(subject_kind=SUBJECT, subject_id=appointment.pk, kind__in=KINDS)
    known = own.filter(occurrence__startswith=_hour(appointment)).values_list("occurrence", flat=True)
    newest = max(known, key=lambda occurrence: int(occurrence.rpartition("v")[2]), default="")
    return ledger.restore(subject_kind=SUBJECT, subject_id=appointment.pk, occurrence=newest, kinds=KINDS)
