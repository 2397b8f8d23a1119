"""What speaks for and against a proposal, as sentences a person at the phone can read out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise

from clinic.wording import listed
from visits.chains import first_of
from visits.plans import Ask, Ground, Proposal
from visits.ruler import Start
from visits.rules import ideal_days, shape
from visits.sessions import hours_past

Reason = tuple[str, str]
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight")
WORST_FIRST = {"warn": 2, "info": 1, "ok": 0}


def day_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def weekday_words(weekdays: Iterable[int]) -> str:
    """“Tuesdays and Fridays”."""
    return listed([WEEKDAYS[day] for day in weekdays])


def explain(ask: Ask, ground: Ground, weekdays: tuple[int, ...], proposal: Proposal) -> list[Reason]:
    """Every reason, what is well first, as in reading out a plan."""
    found = [
        _hours(ask, proposal),
        *_rooms(ask, proposal),
        _gaps(ground, proposal),
        *_span(ground, proposal),
        _nurses(ask, proposal),
        _midpoint(ask, proposal),
        *_integration(ground, proposal),
        *_therapists(ask, proposal),
        *_start(ask, weekdays, proposal),
        *_weekdays(ask, ground, weekdays, proposal),
        *_closures(ask, ground, weekdays, proposal),
        *_last_places(ground, proposal),
        *ground.outlook.reasons(_days(proposal)),
    ]
    return sorted(found, key=lambda reason: WORST_FIRST[reason[0]])


def _days(proposal: Proposal) -> list[date]:
    return [slot.starts_at.date() for slot in proposal.infusions]


def _hours(ask: Ask, proposal: Proposal) -> Reason:
    hours = [slot.starts_at.time() for slot in proposal.infusions]
    usual, often = Counter(hours).most_common(1)[0]
    if often == len(hours):
        if ask.suits(usual):
            return "ok", f"The hour wished each time, {usual:%H:%M}."
        return "info", f"The same hour each time, {usual:%H:%M} instead of {ask.hours}."
    if all(ask.suits(hour) for hour in hours):
        return "ok", f"Every start within the hours wished, {ask.hours}."
    wished = ask.hours if ask.until else f"{usual:%H:%M}"
    others = [
        f"{day_words(day)} at {hour:%H:%M}"
        for day, hour in zip(_days(proposal), hours, strict=True)
        if not (ask.suits(hour) if ask.until else hour == usual)
    ]
    return "warn", f"{wished} is not free each time: {listed(others)}."


def _rooms(ask: Ask, proposal: Proposal) -> list[Reason]:
    rooms = {slot.room.pk: slot.room.name for slot in proposal.infusions}
    if ask.room and set(rooms) != {ask.room.pk}:
        times = sum(slot.room.pk == ask.room.pk for slot in proposal.infusions)
        if not times:
            return [("warn", f"{ask.room.name} is not free at any of these hours.")]
        words = f"{ask.room.name} for {NUMBERS[times]} of {NUMBERS[len(proposal.infusions)]}; it is taken on"
        taken = [day_words(slot.starts_at.date()) for slot in proposal.infusions if slot.room.pk != ask.room.pk]
        return [("warn", f"{words} {listed(taken)}.")]
    if len(rooms) == 1:
        return [("ok", f"Always {next(iter(rooms.values()))}.")]
    return [("info", f"{NUMBERS[len(rooms)].capitalize()} different rooms.")]


def _gaps(ground: Ground, proposal: Proposal) -> Reason:
    gaps = sorted({(second - first).days for first, second in pairwise(_days(proposal))})
    words = " or ".join(str(gap) for gap in gaps)
    if gaps[-1] > ground.gaps.soft_days:
        return "warn", f"A gap of {gaps[-1]} days; a provider looks at more than {ground.gaps.soft_days}."
    return "ok", f"Gaps of {words} days, none longer."


def _span(ground: Ground, proposal: Proposal) -> list[Reason]:
    days = _days(proposal)
    span = (days[-1] - days[0]).days
    if span > ground.gaps.window_soft_days:
        return [("warn", f"The series takes {span} days, more than {ground.gaps.window_soft_days}.")]
    return [("ok", f"{day_words(days[0])} to {day_words(days[-1])}, {span} days.")]


def _nurses(ask: Ask, proposal: Proposal) -> Reason:
    count = len(proposal.infusions)
    often = Counter(slot.staff.full_name for slot in proposal.infusions)
    name, times = often.most_common(1)[0]
    if ask.nurse:
        name, times = ask.nurse.full_name, often[ask.nurse.full_name]
        if times == 0:
            return "warn", f"{name} is not free on any of the days."
    if times == count:
        return "ok", f"{name} is there for all {NUMBERS[count]}."
    return "info", f"{name} is there for {NUMBERS[times]} of {NUMBERS[count]}."


def _midpoint(ask: Ask, proposal: Proposal) -> Reason:
    slot, days = proposal.midpoint, _days(proposal)
    half = len(days) // 2
    day = slot.starts_at.date()
    where = f"{slot.starts_at:%H:%M}, {slot.staff.full_name}"
    passed = sum(one < day for one in days)
    if day in days:
        return "info", f"Midpoint before infusion {passed + 1} on the same day, {where}."
    after = (day - days[passed - 1]).days
    words = "the day after" if after == 1 else f"{after} days after"
    return ("ok" if passed == half else "info"), f"Midpoint {words} infusion {passed}, {where}."


def _integration(ground: Ground, proposal: Proposal) -> list[Reason]:
    last, slot = proposal.infusions[-1].starts_at, proposal.integration.starts_at
    limit = ground.calendar.settings.integration_hours
    over = hours_past(_as_start(last), _as_start(slot), ground.calendar.timing, limit)
    if over <= 0:
        return [("ok", f"Integration within {limit} hours of the last infusion, {day_words(slot.date())}.")]
    hours = f"{round(over)} hours" if over >= 1.5 else "an hour"
    return [
        (
            "info",
            f"Integration {hours} past the {limit} after infusion {len(proposal.infusions)}; the grace week covers it.",
        )
    ]


def _as_start(moment: datetime) -> Start:
    return Start(0, moment.date(), moment.hour * 60 + moment.minute)


def _therapists(ask: Ask, proposal: Proposal) -> list[Reason]:
    sessions = [proposal.preparation, proposal.midpoint, proposal.integration]
    names = {slot.staff.pk: slot.staff.full_name for slot in sessions}
    if ask.therapist:
        others = [slot for slot in sessions if slot.staff.pk != ask.therapist.pk]
        if others:
            words = listed([f"{slot.kind} with {slot.staff.full_name}" for slot in others])
            return [("warn", f"{ask.therapist.full_name} can’t hold all three: {words}.")]
    if len(names) > 1:
        return [("warn", f"More than one therapist: {listed(list(names.values()))}.")]
    return [("ok", f"{next(iter(names.values()))} holds all three sessions.")]


def _start(ask: Ask, weekdays: tuple[int, ...], proposal: Proposal) -> list[Reason]:
    first = proposal.infusions[0].starts_at.date()
    wished = first_of(weekdays, ask.not_before)
    if first <= wished:
        return []
    return [("warn", f"Starts on {day_words(first)}; nothing that fits starts on {day_words(wished)}.")]


def _weekdays(ask: Ask, ground: Ground, weekdays: tuple[int, ...], proposal: Proposal) -> list[Reason]:
    days = _days(proposal)
    if weekdays != ask.weekdays:
        return [("warn", f"{weekday_words(weekdays)} instead of {weekday_words(ask.weekdays) or 'free days'}.")]
    if not weekdays:
        return []
    found: list[Reason] = []
    ideal = ideal_days(days[0], weekdays, len(days), ground.gaps.min_days)
    for number, (day, best) in enumerate(zip(days, ideal, strict=True), start=1):
        if day.weekday() not in weekdays:
            found.append(("warn", f"Infusion {number} on {day_words(day)} instead of {day_words(best)}."))
    return found


def _closures(ask: Ask, ground: Ground, weekdays: tuple[int, ...], proposal: Proposal) -> list[Reason]:
    """Closed weekdays of the site inside the plan: a holiday is spoken of even when it touches nothing."""
    days = _days(proposal)
    first, last = proposal.preparation.starts_at.date(), proposal.integration.starts_at.date()
    ideal = ideal_days(days[0], weekdays, len(days), ground.gaps.min_days)
    found: list[Reason] = []
    for closure in ground.calendar.closures:
        if closure.room_id or closure.last_day < first or closure.first_day > last:
            continue
        touched = [number for number, day in enumerate(ideal, 1) if closure.first_day <= day <= closure.last_day]
        name = f"{closure.first_day:%A} {closure.first_day.day} {closure.first_day:%b} is closed ({closure.reason})"
        if touched:
            number = touched[0]
            found.append(("info", f"{name}: infusion {number} is on {day_words(days[number - 1])}."))
        else:
            found.append(("info", f"{name}; it touches nothing."))
    return found


def _last_places(ground: Ground, proposal: Proposal) -> list[Reason]:
    """Days on which the plan takes the last nurse or the last room of that hour."""
    calendar = ground.calendar
    form = shape("infusion", ground.timing)
    found: list[Reason] = []
    for slot in proposal.infusions:
        cell, day = calendar.cell(slot.starts_at), day_words(slot.starts_at.date())
        nurses = sum(calendar.staff_starts(one, form) >> cell & 1 for one in calendar.people[form.role])
        rooms = sum(calendar.room_starts(one, form) >> cell & 1 for one in calendar.rooms_for(form))
        if nurses <= 1 < len(calendar.people[form.role]):
            found.append(("warn", f"{day} takes the last nurse place of that hour."))
        elif rooms <= 1 < len(calendar.rooms_for(form)):
            found.append(("warn", f"{day} takes the last room of that hour."))
    return found
