"""What a therapist keeps beside the notes: phrases, and plans for the sessions to come."""

from __future__ import annotations

from datetime import datetime

from clinic import clock
from clinic.policy import Role
from journey.demo.cast import House
from therapy import drafts, phrases
from therapy.models import TherapySession

PHRASES = {
    "Grounding": "Feet on the ground, three slow breaths, eyes open when that feels right.",
    "Touch": "A hand on the shoulder, asked for each time; nothing else.",
    "Homework": "Ten minutes of walking a day; three lines in the journal before sleep.",
}
PLAN = "What has shifted, what has not\nThe last infusion, in their own words\nDoes the intention fit?\nSleep, walking"
PLANNED = 4


def fill(house: House, now: datetime) -> None:
    """Phrases of the therapist, and a plan typed for each of the next sessions."""
    therapist = house.one(Role.THERAPIST)
    with clock.at(now):
        for name, text in PHRASES.items():
            phrases.keep(name=name, text=text, by=therapist)
        coming = TherapySession.objects.filter(
            series__site=house.site,
            therapist=therapist,
            state=TherapySession.State.PLANNED,
            appointment__starts_at__gt=now,
        ).order_by("appointment__starts_at")
        for session in coming[:PLANNED]:
            drafts.write(session_id=session.pk, kind="plan", sections={"focus": PLAN}, by=therapist)
