"""What the timeline of a chart shows, read when the page below the fold is asked for."""

from __future__ import annotations

from clinic import clock
from clinic.models import User
from clinic.policy import Action, can
from infusions import checkins
from infusions.models import Infusion
from journey import timeline
from journey.timeline import Timeline
from patients.models import Patient
from reminders.models import Message
from therapy.models import TherapySession

RECENT = 60  # rows of a kind that the timeline reads


def read(patient: Patient, *, by: User, group: str = "") -> Timeline:
    """One feed over all rooms as `by` may see it at the patient's site, in a number of queries that does not grow."""
    clinical = can(by, Action.SEE_CHART, patient.site)
    visits = patient.appointments.select_related("site").order_by("-starts_at")
    sent = patient.messages.exclude(state__in=[Message.State.VOID, Message.State.PLANNED]).order_by("-due_at")
    entries = [timeline.of_message(message) for message in sent[:RECENT]]
    if clinical:
        missed = visits.filter(status__in=["cancelled", "no_show"])
        entries += [timeline.of_missed(visit) for visit in missed[:RECENT]] + _clinical(patient)
    else:
        entries += [timeline.of_visit(visit) for visit in visits[:RECENT]]
    return timeline.feed(entries, group=group)


def _clinical(patient: Patient) -> list[timeline.Entry]:
    infusions = Infusion.objects.filter(appointment__patient=patient).exclude(state__in=["scheduled", "cancelled"])
    sessions = TherapySession.objects.filter(appointment__patient=patient, appointment__starts_at__lte=clock.now())
    papers = patient.consents.defer("png", "strokes").order_by("-observed_at", "-id")
    judged = patient.evaluations.filter(signed_at__isnull=False).select_related("signed_by").order_by("-observed_at")
    return [
        *(
            timeline.of_infusion(one)
            for one in infusions.select_related("series", "appointment__site", "order", "discharge").order_by(
                "-appointment__starts_at"
            )[:RECENT]
        ),
        *(
            timeline.of_session(one)
            for one in sessions.select_related("appointment", "therapist").order_by("-appointment__starts_at")[:RECENT]
        ),
        *timeline.of_measures(list(patient.measures.order_by("-observed_at")[:RECENT])),
        *(timeline.of_checkin(one) for one in checkins.told(patient)[:RECENT]),
        *(timeline.of_evaluation(one) for one in judged[:10]),
        *(timeline.of_consent(one) for one in papers[:10]),
    ]
