"""When and where: appointments and what each of them holds, their repair, the waiting list, the calendars of staff."""

from visits.models.appointments import Appointment, Hold, StatusEvent
from visits.models.feeds import CalendarLink
from visits.models.groups import GroupSession
from visits.models.repairs import Repair, RepairStep
from visits.models.rides import Ride
from visits.models.waiting import Offer, Opening, WaitlistEntry

__all__ = [
    "Appointment",
    "CalendarLink",
    "GroupSession",
    "Hold",
    "Offer",
    "Opening",
    "Repair",
    "RepairStep",
    "Ride",
    "StatusEvent",
    "WaitlistEntry",
]
