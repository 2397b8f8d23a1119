"""Searching for a repair: what a worker does between `ask` and the page that shows the plan."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from clinic import advisory, history
from visits import courses, repair, stranded
from visits.calendar import Calendar
from visits.courses import Course
from visits.models import Appointment, Repair
from visits.repair import Line
from visits.repair_options import Place, Want, task
from visits.repair_search import Option, Rule, anything, solve
from visits.stranded import BEGUN

HORIZON_DAYS = 14  # so many days after the last lost one are looked through
TICK_SECONDS = 60  # after which the tick begins no other search
BROKE_OFF = "The search broke off before it had a plan. Nothing was moved."
log = logging.getLogger("evenkeel.visits")
State, What = Repair.State, repair.What


def find(*, repair_id: UUID) -> Repair:
    """Search for the smallest plan and write its lines; again is harmless, and while another worker is searching
    nothing happens. Nothing is moved by it. A search that breaks off ends the repair with a note."""
    with advisory.alone(f"repair:{repair_id}") as mine:
        found = _begun(repair_id) if mine else _read().get(pk=repair_id)
        if not mine or not found.is_under_way:
            return found
        with history.acting(found.asked_by_id, source="repair", request_id=str(found.pk)):
            try:
                return _search(found)
            except Exception:
                log.exception("the search for repair %s broke off", repair_id)
                return _broken_off(repair_id)


def _read() -> QuerySet[Repair]:
    return Repair.objects.select_related("site", "person", "room")


def _begun(repair_id: UUID) -> Repair:
    with transaction.atomic():
        found = _read().select_for_update(of=("self",)).get(pk=repair_id)
        if found.is_under_way:
            found.state, found.handled = State.SEARCHING, 0
            found.save(update_fields=["state", "handled"])
    return found


def _broken_off(repair_id: UUID) -> Repair:
    with transaction.atomic():
        found = _read().select_for_update(of=("self",)).get(pk=repair_id)
        if found.is_under_way:
            found.state, found.note = State.FAILED, BROKE_OFF
            found.save(update_fields=["state", "note"])
    return found


def find_waiting() -> int:
    """Search for every repair in line, the oldest first: those whose message was lost, or whose worker died.

    One that can't even be noted as broken off doesn't keep the others waiting.
    """
    waiting = Repair.objects.filter(state__in=Repair.UNDER_WAY).order_by("asked_at").values_list("pk", flat=True)
    ended, until = 0, monotonic() + TICK_SECONDS
    for repair_id in waiting:
        if monotonic() > until:
            break
        try:
            ended += not find(repair_id=repair_id).is_under_way
        except DatabaseError:
            log.exception("repair %s is left to the next tick", repair_id)
    return ended


def _search(found: Repair) -> Repair:
    lost = stranded.find(found.site, found.first_day, found.last_day, person=found.person, room=found.room)
    here = [visit for visit in lost if visit.status in BEGUN]
    movable = [visit for visit in lost if visit.status not in BEGUN]
    lines, proven = _plan(found, movable)
    told = "The patient is here already. Hand over to a colleague in person."
    lines += [Line(What.STAY, visit.kind, visit.patient, visit, why=told) for visit in here]
    with transaction.atomic():
        standing = Repair.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if not standing.is_under_way:
            return standing  # another worker was faster, and its plan is on somebody’s screen
        found.steps.all().delete()  # of a search that a worker died over
        repair.write_lines(found, lines)
        found.state = State.READY if lines else State.FAILED
        found.note = "" if lines else "Every visit has its place by now."
        found.proven, found.handled, found.total = proven, len(lost), len(lost)
        found.save(update_fields=["state", "note", "proven", "handled", "total"])
    return found


def _plan(found: Repair, movable: Sequence[Appointment]) -> tuple[list[Line], bool]:
    """The lines for visits that can still be moved, and whether no smaller plan exists."""
    if not movable:
        return [], True
    calendar = Calendar.load(
        found.site,
        max(found.first_day, found.site.today()),
        found.last_day + timedelta(days=HORIZON_DAYS),
        patients={visit.patient_id for visit in movable},
        without=[visit.pk for visit in movable],
    )
    known = courses.of([visit.pk for visit in movable])
    wants = [Want.of(visit, calendar, known.get(visit.pk)) for visit in movable]
    together = _together(wants)
    tasks = []
    for number, want in enumerate(wants, start=1):
        tasks.append(task(calendar, want, alone=number - 1 not in together))
        Repair.objects.filter(pk=found.pk).update(handled=number)
    plan = solve(tasks, rule=_rule(wants, together))
    return [
        _line(want, option, bool(one.options)) for want, option, one in zip(wants, plan.chosen, tasks, strict=True)
    ], plan.proven


def _together(wants: Sequence[Want]) -> dict[int, list[int]]:
    """The visits that share a course with another that is looking for a place, by number."""
    groups: dict[UUID, list[int]] = defaultdict(list)
    for number, want in enumerate(wants):
        if want.course:
            groups[want.course.key].append(number)
    return {number: group for group in groups.values() if len(group) > 1 for number in group}


def _rule(wants: Sequence[Want], together: Mapping[int, Sequence[int]]) -> Rule:
    """Visits of one course are looked at once all of them have their place."""
    if not together:
        return anything
    groups = {tuple(group) for group in together.values()}
    known: dict[tuple[int, ...], bool] = {}

    def keeps(group: Sequence[int], chosen: Mapping[int, Option | None]) -> bool:
        asked = (group[0], *(id(chosen[one]) for one in group))
        if asked not in known:
            known[asked] = _course_keeps(wants, group, chosen)
        return known[asked]

    def kept(chosen: Mapping[int, Option | None]) -> bool:
        return all(keeps(group, chosen) for group in groups if all(one in chosen for one in group))

    return kept


def _course_keeps(wants: Sequence[Want], group: Sequence[int], chosen: Mapping[int, Option | None]) -> bool:
    course: Course | None = wants[group[0]].course
    assert course is not None
    starts = {}
    for number in group:
        option, visit = chosen[number], wants[number].visit
        if option is not None and isinstance(option.value, Place) and option.value.start != visit.starts_at:
            starts[visit.pk] = visit.site.local(option.value.start)
    return not any(concern.needs for concern in courses.after_moving(course, starts))


def _line(want: Want, option: Option | None, had_options: bool) -> Line:
    visit = want.visit
    if option is None or not isinstance(option.value, Place):
        return Line(What.STAY, visit.kind, visit.patient, visit, why=_why_not(want, had_options))
    place = option.value
    what = What.PLACE if place.start == visit.starts_at else What.MOVE
    warnings = ""
    if what == What.MOVE and want.course:
        starts = {visit.pk: visit.site.local(place.start)}
        warnings = " ".join(concern.sentence for concern in courses.after_moving(want.course, starts))
    return Line(what, visit.kind, visit.patient, visit, place.room, place.staff, place.start, warnings[:300])


def _why_not(want: Want, had_options: bool) -> str:
    if had_options:
        return "Every place it could have is needed by another visit that lost its own."
    role = str(want.form.role)
    rules = " that keeps the rules of its series" if want.course else ""
    return f"No time{rules} has a room and a {role} free within {HORIZON_DAYS} days."
