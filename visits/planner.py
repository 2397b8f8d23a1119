"""The series planner: complete plans of a loading series that keep every rule, ranked by how well they fit the wishes.

The search is exact (visits.chains). A wish that can't be met in full is met as nearly as possible, and the proposal
says so; when no complete series exists at all, NoPlan says what stands in the way and what is nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import Room, Site, User
from clinic.policy import Action, Role, require
from clinic.protocol import ProtocolValues
from clinic.wording import listed
from insurance.outlook import Outlook
from patients.models import Patient
from visits import reasons, rules
from visits.calendar import Calendar
from visits.chains import Chain, Prices, Wishes, best_chain, first_of, minute_of
from visits.plans import Ask, Ground, Proposal, Slot, by_day
from visits.ruler import block, face
from visits.rules import DAY_MINUTES, LONGEST_MINUTES, STEP_MINUTES, Gaps, ideal_days, shape
from visits.seating import infusion_slots, session_slot
from visits.sessions import SEVERAL_THERAPISTS, Choice, Sessions, integration_days

__all__ = ["NoPlan", "Proposal", "Slot", "propose"]

MIN_COUNT, MAX_COUNT = 6, 8
GRID_MINUTES = 30  # starts that are proposed to a person, beside the minute wished
FIRST_DAYS = 14  # how much later than wished a series may start
LOOK_AHEAD = (14, 28, 56)  # where the nearest is looked for when nothing fits

# What another variant than the wish costs from the outset, in units of one day off the template.
HOUR_FOR_ALL = 2.0
OTHER_TEMPLATE = 8.0
ROOM_CHANGE = 0.3
NURSE_CHANGE = 0.2
EARLIEST_HOUR, LATEST_HOUR = 6, 20


class NoPlan(Refused):
    """No complete series fits. The sentence says which wish can't be met and what is nearest."""

    title = "No plan fits these wishes"


@dataclass(frozen=True)
class Variant:
    """The wish, or one thing of it changed; `extra` is what the change costs."""

    at: time
    until: time | None
    weekdays: tuple[int, ...]
    extra: float = 0.0

    @classmethod
    def wish(cls, ask: Ask) -> Variant:
        return cls(ask.at, ask.until, ask.weekdays)


def propose(
    *,
    patient: Patient,
    site: Site,
    count: int,
    weekdays: Sequence[int],
    not_before: date,
    at: time,
    therapist: User | None = None,
    nurse: User | None = None,
    room: Room | None = None,
    until: time | None = None,
    drug: int | None = None,
    recovery: int | None = None,
    limit: int = 3,
    first_ever: bool = False,
    by: User,
) -> list[Proposal]:
    """Up to `limit` complete plans, the best first. Nothing is held by them.

    The hours wished are from `at` to `until`, or `at` alone; `drug` and `recovery` are this patient's minutes, where
    they differ from the protocol's. Raises NotPermitted, Invalid, Refused, and NoPlan, which says which wish can't be
    met and what is nearest.
    """
    require(by, Action.BOOK, at=site)
    not_before = max(not_before, site.today())
    days = tuple(sorted(set(weekdays)))
    ask = Ask(patient, site, count, days, not_before, at, therapist, nurse, first_ever, until, room, drug, recovery)
    _check(ask)
    ground = _ground(ask)
    _check_template(ask, ground.gaps)
    found = sorted(_search(ask, ground, limit), key=lambda proposal: proposal.score)
    if not found:
        raise NoPlan(_why_not(ask, ground))
    return found[:limit]


def _check(ask: Ask) -> None:
    if wrong := _wrong(ask):
        raise Invalid(wrong)
    for person, role in ((ask.therapist, Role.THERAPIST), (ask.nurse, Role.NURSE)):
        if person and role not in person.roles_at(ask.site):
            raise Refused(f"{person.full_name} is no {role} at {ask.site.name}.")
    room = ask.room
    if room and (room.site_id != ask.site.pk or not room.is_active or room.kind != Room.Kind.INFUSION):
        raise Refused(f"{room.name} is no infusion room in use at {ask.site.name}.")


def _wrong(ask: Ask) -> dict[str, str]:
    wrong = {}
    if not MIN_COUNT <= ask.count <= MAX_COUNT:
        wrong["count"] = f"A loading series has {MIN_COUNT} to {MAX_COUNT} infusions."
    if any(day not in range(7) for day in ask.weekdays):
        wrong["weekdays"] = "Choose weekdays from Monday to Sunday."
    if ask.at.minute % STEP_MINUTES or ask.at.second:
        wrong["at"] = f"Visits start on a step of {STEP_MINUTES} minutes, like 09:05."
    if ask.until and ask.until < ask.at:
        wrong["until"] = "The hours wished end before they begin. Check both."
    for name, minutes in (("drug", ask.drug), ("recovery", ask.recovery)):
        if minutes is not None and not STEP_MINUTES <= minutes <= LONGEST_MINUTES:
            wrong[name] = f"Write {STEP_MINUTES} to {LONGEST_MINUTES} minutes."
    return wrong


def _check_template(ask: Ask, gaps: Gaps) -> None:
    """A template that can't keep the window even on an empty calendar is refused before any search."""
    if not ask.weekdays:
        return
    first = first_of(ask.weekdays, ask.not_before)
    days = ideal_days(first, ask.weekdays, ask.count, gaps.min_days)
    span = (days[-1] - days[0]).days
    if span <= gaps.window_hard_days:
        return
    tuesdays = ideal_days(date(2027, 2, 2), (1, 4), ask.count, gaps.min_days)
    raise NoPlan(
        f"{ask.count} infusions on {reasons.weekday_words(ask.weekdays)} take {span} days; "
        f"{gaps.window_hard_days} are the limit. Add a second day of the week: "
        f"Tuesdays and Fridays would take {(tuesdays[-1] - tuesdays[0]).days} days."
    )


def _ground(ask: Ask) -> Ground:
    """Load the calendar once, wide enough for every window, and see where infusions fit."""
    settings = settings_versions.current(ask.site)
    calendar = Calendar.load(ask.site, *_horizon(ask, settings), patients=[ask.patient.pk])
    return ground_on(ask, calendar, Outlook.of(ask.patient))


def ground_on(ask: Ask, calendar: Calendar, outlook: Outlook) -> Ground:
    """Where infusions and sessions fit on a calendar that was read."""
    timing = calendar.timing.of_patient(ask.drug, ask.recovery)
    usual, session = shape("infusion", timing), shape("preparation", timing)
    alone = shape("infusion", timing, first_ever=ask.first_ever)
    offered = _grid(calendar, ask.at) & ~block(0, max(calendar.cell(clock.now()) + 1, 0))
    patient = ask.patient.pk
    later = calendar.starts(usual, patient_id=patient) & offered
    first_of_all = calendar.starts(alone, patient_id=patient) & offered
    return Ground(
        calendar=calendar,
        timing=timing,
        gaps=Gaps.of(calendar.settings),
        firsts=by_day(calendar, first_of_all),
        laters=by_day(calendar, later),
        first_nurse_starts=calendar.staff_starts(ask.nurse, alone) if ask.nurse else first_of_all,
        nurse_starts=calendar.staff_starts(ask.nurse, usual) if ask.nurse else later,
        first_room_starts=calendar.room_starts(ask.room, alone) if ask.room else first_of_all,
        room_starts=calendar.room_starts(ask.room, usual) if ask.room else later,
        therapists=[
            (one, by_day(calendar, calendar.starts(session, staff=one, patient_id=patient) & offered))
            for one in calendar.people[Role.THERAPIST]
        ],
        outlook=outlook,
        unpaid=outlook.unpaid(list(calendar.days())),
    )


def _horizon(ask: Ask, settings: ProtocolValues) -> tuple[date, date]:
    """From the earliest preparation to the latest integration that any plan could have."""
    first = max(ask.not_before - timedelta(days=settings.prep_max_days_before), ask.site.today())
    last = ask.not_before + timedelta(days=FIRST_DAYS + settings.window_hard_days)
    return first, last + timedelta(days=integration_days(settings))


def _grid(calendar: Calendar, at: time) -> int:
    """The cells on the half hour of the wall clock, and on the minute wished."""
    stride = GRID_MINUTES // STEP_MINUTES
    whole = (1 << calendar.size) - 1
    every = ((1 << (calendar.size // stride + 1) * stride) - 1) // ((1 << stride) - 1)
    wished = at.minute // STEP_MINUTES % stride
    return (every | every << wished) & whole


# The search over variants


def _variants(ask: Ask) -> tuple[list[Variant], list[Variant]]:
    """Other hours, the nearest first; and the other templates at the hour wished."""
    wished = minute_of(ask.at)
    last = minute_of(ask.until) if ask.until else wished
    outside = {
        minute: max(wished - minute, minute - last)
        for minute in range(wished % 60, DAY_MINUTES, 60)
        if not wished <= minute <= last and EARLIEST_HOUR * 60 <= minute <= LATEST_HOUR * 60
    }
    hours = [
        Variant(face(minute), None, ask.weekdays, HOUR_FOR_ALL * outside[minute] / 60)
        for minute in sorted(outside, key=lambda minute: (outside[minute], minute))
    ]
    others = [days for days in rules.TEMPLATES.values() if days != ask.weekdays]
    return hours, [Variant(ask.at, ask.until, days, OTHER_TEMPLATE) for days in others]


def _search(ask: Ask, ground: Ground, limit: int) -> list[Proposal]:
    """The wish, then other hours until none can be among the best; the last place is for another template.

    Every free start is searched for each variant, so when the wish has no plan, no variant has one.
    """
    best = _plan(ask, ground, Variant.wish(ask))
    if best is None:
        return []
    found = [best]
    hours, templates = _variants(ask)
    room_for_hours = limit - 1 if limit > 2 else limit
    found.extend(_distinct(ask, ground, hours, list(found), room_for_hours))
    found.extend(_distinct(ask, ground, templates, list(found), limit))
    return found


def _distinct(
    ask: Ask, ground: Ground, variants: Sequence[Variant], found: Sequence[Proposal], limit: int
) -> Iterator[Proposal]:
    """Plans that are not among those found already, until there are enough."""
    seen = {_key(proposal) for proposal in found}
    for variant in variants:
        if len(seen) >= limit:
            return
        proposal = _plan(ask, ground, variant)
        if proposal and _key(proposal) not in seen:
            seen.add(_key(proposal))
            yield proposal


def _key(proposal: Proposal) -> tuple[object, ...]:
    return tuple(slot.starts_at for slot in proposal.infusions)


def _plan(ask: Ask, ground: Ground, variant: Variant) -> Proposal | None:
    """The best complete series of one variant, or None."""
    found = best_series(ask, ground, _wishes(ask, variant))
    return _proposal(ask, ground, variant, *found) if found else None


def _wishes(ask: Ask, variant: Variant) -> Wishes:
    latest = ask.not_before + timedelta(days=FIRST_DAYS)
    return Wishes(ask.count, variant.weekdays, variant.at, ask.not_before, latest, variant.until)


def best_series(ask: Ask, ground: Ground, wishes: Wishes) -> tuple[Chain, Mapping[str, Choice]] | None:
    """The cheapest infusions with their sessions; several therapists cost something too.

    First with whoever is free. When that takes several therapists, with each alone: is one of those series cheaper
    than the first and the change of faces together, it is the answer.
    """
    prices, sessions = Prices(ground, wishes), Sessions(ask, ground, wishes.minute)
    chain = best_chain(prices, sessions)
    if chain is None:
        return None
    best, around = chain, sessions.cheapest_around(chain.starts)
    if len({choice.therapist.pk for choice in around.values()}) == 1:
        return best, around
    best = replace(chain, cost=chain.cost + SEVERAL_THERAPISTS)
    for person, _ in ground.therapists:
        alone = sessions.of(person)
        if found := best_chain(prices, alone, best.cost):
            best, around = found, alone.cheapest_around(found.starts)
    return best, around


# Rooms, nurses and words


def _proposal(ask: Ask, ground: Ground, variant: Variant, chain: Chain, around: Mapping[str, Choice]) -> Proposal:
    infusions = infusion_slots(ask, ground, chain)
    rooms = len({slot.room.pk for slot in infusions}) - 1
    nurses = len({slot.staff.pk for slot in infusions}) - 1
    proposal = Proposal(
        infusions=infusions,
        preparation=session_slot(ground, "preparation", around["preparation"]),
        midpoint=session_slot(ground, "midpoint", around["midpoint"]),
        integration=session_slot(ground, "integration", around["integration"]),
        reasons=[],
        drug=ask.drug,
        recovery=ask.recovery,
        score=round(variant.extra + chain.cost + ROOM_CHANGE * rooms + NURSE_CHANGE * nurses, 3),
    )
    return replace(proposal, reasons=reasons.explain(ask, ground, variant.weekdays, proposal))


# Why there is no plan


def _why_not(ask: Ask, ground: Ground) -> str:
    """What stands in the way, and the first day from which a whole series fits."""
    return f"{_obstacle(ask, ground)} {_nearest(ask)}"


def _obstacle(ask: Ask, ground: Ground) -> str:
    calendar, site = ground.calendar, ask.site.name
    missing = [role for role in (Role.NURSE, Role.THERAPIST) if not calendar.people[role]]
    if missing:
        return f"{site} has no {missing[0]}."
    wishes = _wishes(ask, Variant.wish(ask))
    latest = wishes.latest_first
    alone = best_chain(Prices(ground, wishes), None)
    first, last = reasons.day_words(ask.not_before), reasons.day_words(latest)
    if alone is None:
        end = latest + timedelta(days=ground.gaps.window_hard_days)
        ahead = sum(ask.not_before <= day <= end for day in ground.laters)
        gaps = ground.gaps
        return (
            f"No {ask.count} infusions can start between {first} and {last} with {gaps.min_hours} hours to "
            f"{gaps.hard_days} days between them: until {reasons.day_words(end)} only {ahead} days have a free place."
        )
    sessions = Sessions(ask, ground, wishes.minute)
    lacking = sessions.lacking(alone.starts)
    return (
        f"{ask.count} infusions would fit from {reasons.day_words(alone.starts[0].day)}, but no therapist is free "
        f"for {listed(lacking) or 'all three sessions'} in the days that the rules allow."
    )


def _nearest(ask: Ask) -> str:
    """The first later start for which everything fits, looked for over eight weeks."""
    for days in LOOK_AHEAD:
        later = replace(ask, not_before=ask.not_before + timedelta(days=days))
        ground = _ground(later)
        plan = _plan(later, ground, Variant.wish(later))
        if plan:
            start = ask.site.local(plan.infusions[0].starts_at)
            return f"The nearest complete series starts on {reasons.day_words(start.date())} at {start:%H:%M}."
    return "Nothing fits in the next ten weeks either; ask the clinic admin for shifts."
