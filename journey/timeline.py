"""One feed over all rooms, newest first. What a reader may not see is never put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from clinic import wording
from infusions.models import CheckIn, Infusion
from patients.models import Consent, Evaluation, MeasureResponse
from reminders.models import Message
from therapy.models import TherapySession
from visits.models import Appointment

FILTERS = (
    ("infusions", "Infusions"),
    ("therapy", "Therapy"),
    ("scores", "Scores"),
    ("messages", "Messages"),
    ("insurance", "Insurance"),
    ("papers", "Papers"),
)


@dataclass
class Entry:
    """One thing that happened. `group` is a filter; `tone` and `chip` show its state."""

    at: datetime
    group: str
    icon: str
    title: str
    text: str = ""
    chip: str = ""
    tone: str = "none"
    href: str = ""
    sub: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Timeline:
    """What is shown of it: the entries of one group, how many there are of each, and whether older ones exist."""

    entries: list[Entry]
    counts: dict[str, int]
    more: bool
    group: str = ""

    @property
    def filters(self) -> list[dict[str, object]]:
        """The groups that have something, each with its number."""
        return [
            {"value": value, "label": label, "n": self.counts.get(value, 0), "on": value == self.group}
            for value, label in (("", "All"), *FILTERS)
            if not value or self.counts.get(value)
        ]


def of_infusion(infusion: Infusion) -> Entry:
    """An infusion that was given, or why it was not."""
    booster = infusion.series.kind == "maintenance"
    total = infusion.series.planned_count
    name = "Booster" if booster else f"Infusion {infusion.number or ''}{f' of {total}' if infusion.number else ''}"
    if infusion.order:
        name += (
            f", {wording.quantity(infusion.order.dose_mg, 'mg')} over {wording.quantity(infusion.order.minutes, 'min')}"
        )
    parts = []
    if infusion.given_mg is not None:
        parts.append(f"Given {wording.quantity(infusion.given_mg, 'mg')}.")
    discharge = getattr(infusion, "discharge", None)
    if discharge:
        local = infusion.appointment.site.local(discharge.observed_at)
        with_whom = f" with {discharge.escort_name}" if discharge.escort_name else ""
        parts.append(f"Left{with_whom} at {local:%H:%M}.")
    if infusion.not_given_reason:
        parts.append(infusion.not_given_reason)
    done = infusion.state == Infusion.State.DISCHARGED
    return Entry(
        at=infusion.started_at or infusion.appointment.starts_at,
        group="infusions",
        icon="drop",
        title=name.strip(),
        text=" ".join(parts),
        chip=infusion.get_state_display(),
        tone="ok" if done else "info",
        href=reverse("infusions:infusion", args=[infusion.pk]),
    )


def of_checkin(checkin: CheckIn) -> Entry:
    """How the patient was a day after an infusion; what asks for a look has a warm tone."""
    answered = checkin.state == CheckIn.State.ANSWERED
    grave = bool(checkin.thoughts)
    parts = []
    if answered:
        parts = [f"Mood {checkin.mood} of 10, slept {checkin.get_sleep_display().lower()}."]
        if checkin.effects:
            parts.append(f"{', '.join(checkin.effects_named)}; bothers {checkin.get_bother_display().lower()}.")
        if checkin.bladder:
            parts.append("Trouble when passing water.")
    return Entry(
        at=checkin.answered_at or checkin.due_at,
        group="infusions",
        icon="heart",
        title="A day after the infusion",
        text=" ".join(parts),
        chip="Thoughts of suicide or self-harm" if grave else "Answered" if answered else "No answer",
        tone="stop" if grave else "ok" if answered else "warn",
        href=reverse("infusions:checkin", args=[checkin.pk]),
    )


def of_session(session: TherapySession) -> Entry:
    visit = session.appointment
    return Entry(
        at=visit.starts_at if visit else session.series.opened_at,
        group="therapy",
        icon="words",
        title=f"{session}, {session.therapist.full_name}",
        chip=session.get_state_display(),
        tone=session.tone,
        href=reverse("therapy:session", args=[session.pk]),
    )


def of_measures(measures: Sequence[MeasureResponse]) -> list[Entry]:
    """Questionnaires filled in at one sitting are one entry; a late or mistaken one stands by itself."""
    sittings: dict[tuple[datetime, str, str], list[MeasureResponse]] = {}
    for measure in measures:
        mark = "Entered in error" if measure.entered_in_error_at else ("Late entry" if measure.is_late_entry else "")
        sittings.setdefault((measure.observed_at, measure.timepoint, mark), []).append(measure)
    return [
        Entry(
            at=at,
            group="scores",
            icon="graph",
            title=", ".join(str(one) for one in sorted(rows, key=lambda one: one.score is None)),
            text=f"{rows[0].get_timepoint_display()}.",
            chip=mark,
            tone="stop" if mark == "Entered in error" else "info",
        )
        for (at, _, mark), rows in sittings.items()
    ]


def of_evaluation(evaluation: Evaluation) -> Entry:
    assert evaluation.signed_at
    signer = evaluation.signed_by.signs_as if evaluation.signed_by else ""
    eligible = evaluation.state in {"eligible", "conditional"}
    return Entry(
        at=evaluation.signed_at,
        group="papers",
        icon="clip",
        title="Evaluation",
        text=f"Signed by {signer}.",
        chip=evaluation.get_state_display(),
        tone="ok" if eligible else "warn",
        href=reverse("patients:evaluation", args=[evaluation.pk]),
    )


def of_consent(consent: Consent) -> Entry:
    return Entry(
        at=consent.observed_at,
        group="papers",
        icon="pen",
        title=f"Consent: {consent.get_kind_display().lower()}",
        text=f"Version {consent.version}, signed by {consent.signer_name}.",
        chip="Withdrawn" if consent.withdrawn_at else "",
        tone="stop",
    )


def of_message(message: Message) -> Entry:
    return Entry(
        at=message.sent_at or message.due_at,
        group="messages",
        icon="mail",
        title=message.label,
        text=message.why,
        chip=message.get_state_display(),
        tone=message.tone,
    )


def of_visit(visit: Appointment) -> Entry:
    """A visit as those see it who may not read what came of it."""
    return Entry(
        at=visit.starts_at,
        group="therapy" if visit.kind in Appointment.THERAPY else "infusions",
        icon="cal",
        title=visit.get_kind_display(),
        chip=visit.get_status_display(),
        tone={"done": "ok", "cancelled": "warn", "no_show": "warn"}.get(visit.status, "none"),
        href=reverse("visits:appointment", args=[visit.pk]),
    )


def of_missed(visit: Appointment) -> Entry:
    """A visit that did not take place."""
    return Entry(
        at=visit.starts_at,
        group="therapy" if visit.kind in Appointment.THERAPY else "infusions",
        icon="cal",
        title=visit.get_kind_display(),
        text=visit.reason,
        chip=visit.get_status_display(),
        tone="warn",
        href=reverse("visits:appointment", args=[visit.pk]),
    )


def feed(entries: Iterable[Entry], *, group: str = "", limit: int = 40) -> Timeline:
    """Newest first, of one group or all; with the number in each group and whether there are older ones."""
    rows = sorted(entries, key=lambda entry: entry.at, reverse=True)
    counts: dict[str, int] = {"": len(rows)}
    for row in rows:
        counts[row.group] = counts.get(row.group, 0) + 1
    shown: Sequence[Entry] = [row for row in rows if not group or row.group == group]
    return Timeline(list(shown[:limit]), counts, len(shown) > limit, group)
