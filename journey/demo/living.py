"""What a story's person wants back, what people close to them notice, and what life brings meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic.policy import Role
from patients import goals
from patients.models import Goal

if TYPE_CHECKING:
    from journey.demo.stories import Story

# Days after the first infusion, how near the goal is, and what that looks like; by how the treatment goes.
RATINGS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "responder": ((-15, 1, ""), (9, 4, "Once to the corner."), (20, 6, "Twice this week."), (48, 8, "Most days.")),
    "partial": ((-15, 2, ""), (12, 3, ""), (24, 5, "On good days.")),
    "none": ((-15, 2, ""), (14, 2, "No change.")),
}
NOTICED = (
    (6, "partner", "Opened the curtains before I asked, and laughed at something on the radio."),
    (10, "therapist", "Came in with a plan for the week; spoke of tomorrow by themselves."),
    (15, "family", "Cooked for us on Sunday. It has been months."),
    (26, "nurse", "Walked in with the dog; slept through three nights, by their own word."),
)
LIFE = (
    (4, "work", "Hours cut at work"),
    (13, "loss", "Aunt died"),
    (11, "medicine", "Sertraline from 100 to 150 mg, by the family doctor"),
    (16, "good", "First grandchild born"),
)
RELAPSES = {3: 52, 5: 70}
"""Whose depression came back, and how many days after the first infusion the questionnaire said so."""


def lives_on(story: Story, hope: str) -> None:
    """Put all of it on the story's calendar; what has not come yet is left out by the story itself."""
    if story.stage not in {"maintenance", "series", "no_show"}:
        return
    therapist, nurse = story.who(Role.THERAPIST), story.who(Role.NURSE)
    kept: list[Goal] = []

    def begin() -> None:
        kept.append(goals.add_goal(patient_id=story.patient.pk, words=hope, by=therapist))

    def rate(value: int, note: str) -> Callable[[], object]:
        return lambda: goals.rate(goal_id=kept[0].pk, value=value, note=note, by=nurse)

    def notice(source: str, words: str) -> Callable[[], object]:
        name = story.person[7] if source in {"partner", "family"} else ""
        return lambda: goals.notice(patient_id=story.patient.pk, words=words, source=source, said_by=name, by=nurse)

    story.then(story.on(16, "11:20"), begin)
    for day, value, note in RATINGS[story.outcome]:
        story.then(story.on(-day, "12:10"), rate(value, note))
    if story.outcome != "none":
        for day, source, words in NOTICED[story.turn % 2 :: 1 + story.turn % 2]:
            story.then(story.on(-day, "12:20"), notice(source, words))
    if story.turn in RELAPSES:
        story.then(story.on(-RELAPSES[story.turn], "18:20"), lambda: story.asked_again(score=16))
    if story.turn % 3 == 0:
        day, kind, words = LIFE[story.turn // 3 % len(LIFE)]
        story.then(
            story.on(-day, "16:00"),
            lambda: goals.add_life_event(
                patient_id=story.patient.pk, on=story.site.today(), kind=kind, words=words, by=nurse
            ),
        )
