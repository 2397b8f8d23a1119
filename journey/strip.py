"""The journey at a glance: evaluation, preparation, the infusions, midpoint, integration, boosters, by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clinic import addresses
from infusions.models import Infusion, Series
from patients.models import Evaluation, MeasureResponse
from therapy.models import TherapySession
from visits.models import Appointment

MOST = 24  # a strip of many years says nothing at a glance
MARKS = {"preparation": "P", "midpoint": "M", "integration": "I", "further": "T", "group": "G"}
Station = Evaluation | Infusion | TherapySession


@dataclass
class Node:
    """One station. `state` is done, next or plan."""

    mark: str
    text: str
    kind: str
    when: str
    state: str = "plan"
    href: str = ""


def nodes(
    *,
    evaluation: Evaluation | None,
    series: Sequence[Series],
    infusions: Sequence[Infusion],
    sessions: Sequence[TherapySession],
    scores: Sequence[MeasureResponse],
    booster_dates: Sequence[date],
    clinical: bool = True,
) -> list[dict[str, object]]:
    """The stations of the newest treatment, in order of time; the first that is not done is the next.

    For a reader without the chart each station leads to its visit, and not to what came of it.
    """
    if not series and evaluation is None:
        return []
    loading = next((one for one in series if one.kind == Series.Kind.LOADING), None)
    ours = {loading.pk} | {one.pk for one in series if loading and one.follows_id == loading.pk} if loading else set()
    stations: list[Station] = [evaluation] if evaluation is not None and evaluation.signed_at else []
    stations += [one for one in infusions if one.series_id in ours and one.number]
    stations += [one for one in sessions if one.series_id in ours and one.appointment]
    made = [_node(one, scores, clinical) for one in sorted(stations, key=_at)[-MOST:]]
    following = next((node for node in made if node.state == "plan"), None)
    if following:
        following.state = "next"
    rows = [vars(node) for node in made]
    rows += [
        {"mark": "b", "text": "Booster due", "kind": "infusion", "when": _day(day), "state": "plan", "href": ""}
        for day in booster_dates
    ]
    return rows


def _at(station: Station) -> datetime:
    """When it is or was; of stations that have a time."""
    moment = station.signed_at if isinstance(station, Evaluation) else station.appointment.starts_at  # type: ignore[union-attr]
    assert moment is not None
    return moment


def _node(station: Station, scores: Sequence[MeasureResponse], clinical: bool) -> Node:
    if isinstance(station, Infusion):
        return _infusion(station, scores, clinical)
    if isinstance(station, TherapySession):
        return _session(station, clinical)
    return Node("", "Evaluation", "eval", _day(station.patient.site.local(_at(station))), "done")


def _infusion(infusion: Infusion, scores: Sequence[MeasureResponse], clinical: bool) -> Node:
    visit = infusion.appointment
    booster = infusion.series.kind == Series.Kind.MAINTENANCE
    score = _score_before(scores, infusion.started_at) if infusion.started_at else None
    name = "Booster" if booster else f"Infusion {infusion.number}"
    return Node(
        mark="b" if booster else str(infusion.number),
        text=f"PHQ-9 {score}" if score is not None else name,
        kind="infusion",
        when=_day(visit.site.local(visit.starts_at)),
        state="done" if infusion.state in Infusion.GIVEN else "plan",
        href=addresses.of("infusions:infusion", infusion.pk) if clinical else _visit(visit),
    )


def _session(session: TherapySession, clinical: bool) -> Node:
    visit = session.appointment
    assert visit is not None
    held = session.state in {"held", "documented", "signed"}
    return Node(
        mark=MARKS[session.kind],
        text=session.get_kind_display(),
        kind="talk",
        when=_day(visit.site.local(visit.starts_at)),
        state="done" if held else "plan",
        href=addresses.of("therapy:session", session.pk) if clinical else _visit(visit),
    )


def _visit(visit: Appointment) -> str:
    return addresses.of("visits:appointment", visit.pk)


def _score_before(scores: Sequence[MeasureResponse], moment: datetime) -> int | None:
    """The last PHQ-9 up to a moment, of scores that come newest first, not older than a day and a half."""
    for measure in scores:
        if measure.instrument == MeasureResponse.Instrument.PHQ9 and measure.observed_at <= moment:
            fresh = (moment - measure.observed_at).total_seconds() < 36 * 3600
            return measure.score if fresh else None
    return None


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b}"
