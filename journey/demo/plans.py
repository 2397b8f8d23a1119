"""What talks leave in the demo clinic: a card that is changed, a plan in the patient's hands, words from home."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from patients import links
from patients.models import PatientLink
from therapy import cards, collateral, integration_plans, journals
from therapy.integration_plans import PURPOSE, Draft, Step
from therapy.models import TherapySession

INSIGHTS = (
    "I carry what is not mine. I can put one thing down, and nothing falls.",
    "I was waiting to feel well before I began. I can begin first.",
    "It is quieter in me than I thought.",
)
ENTRIES = (
    "Walked to the lake with Luis, twice this week. It rained and we went all the same.",
    "Slept six hours. Woke at five and did not look at the phone.",
)


def change_card(session: TherapySession, turn: int) -> None:
    """After the midpoint the words are others; touch and music stay."""
    before = cards.of_series(session.series_id).first()
    if before is None or turn % 2:
        return
    cards.share_intentions(
        session_id=session.pk,
        words="Put one thing down. The lake again, if it gets big.",
        music=f"{before.music}, a little quieter",
        touch=before.touch,
        grounding="Blind half open",
        by=session.therapist,
    )


def give(session: TherapySession, turn: int) -> None:
    """The plan of the last session; some patients have ticked and written since."""
    today = session.series.site.today()
    draft = Draft(
        texts={
            "insights": INSIGHTS[turn % len(INSIGHTS)],
            "warning_signs": "In bed until noon, two days in a row\nNot answering my sister\nNo music in the house",
            "supports": "Luis, (555) 013-7742\nMy sister Ana, on Sundays",
            "booster_preference": "Rather early than late; a morning.",
            "homework": "Three lines in the evening. Phone in the hall from nine on.",
        },
        steps=[
            Step("Walk to the lake twice a week", "I can begin first", today + timedelta(days=7), "Luis or the dog"),
            Step("Leave the phone in the hall on Thursday evenings", "I carry what is not mine", None, ""),
            Step("Ask about the choir", "It is quieter in me", today + timedelta(days=14), "my sister"),
        ],
    )
    plan = integration_plans.write(
        series_id=session.series_id, draft=draft, by=session.therapist, session_id=session.pk
    )
    integration_plans.give(plan_id=plan.pk, by=session.therapist, version=plan.version)
    link = PatientLink.objects.get(purpose=PURPOSE, subject_id=session.series_id, revoked_at=None)
    if turn % 3:
        links.open_with(link_id=link.pk, born=session.patient.birth_date)
        collateral.agree(
            series_id=session.series_id, name="Luis", relation="partner", how="spoken", by=session.therapist
        )
        integration_plans.tick(link=link, step_id=plan.steps.all()[0].pk, is_done=True)
        kept = journals.write(link=link, text=ENTRIES[turn % len(ENTRIES)], form_key=uuid4())
        if turn % 4 == 1:
            journals.read(series_id=session.series_id, seen=[kept.entry.pk], by=session.therapist)
