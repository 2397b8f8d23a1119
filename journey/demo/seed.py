"""The whole demo clinic: who is in which stage today, and everything that led there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from clinic import clock, settings_versions
from clinic.history import acting
from clinic.models import OnCallTurn, Site, User
from clinic.place import on_call
from clinic.policy import Role
from infusions import ledger
from journey.demo import answers, billing, cast, prices, talks, writing
from journey.demo.cast import House
from journey.demo.stories import PAYERS, Story
from patients import inquiries
from reminders import sweeping
from reminders.dispatch import alone, dispatch_due
from visits.planner import NoPlan

Report = Callable[[str], None]
DAY = timedelta(days=1)

CALLERS = (
    ("Nora", "Whitfield", "+15035550171", "web", "My doctor told me about you. Evenings are best."),
    ("Emil", "Santos", "+15035550172", "phone", "Asks what it costs."),
    ("Wendy", "Okafor", "+15035550173", "web", ""),
    ("Jonah", "Pryce", "+18475550174", "web", "I would like to know more before I decide."),
    ("Lidia", "Marek", "+18475550175", "phone", "Called for her husband."),
)

# Stage, how many days ago (negative: in how many days) the first infusion was, response; one line a person.
STAGES: tuple[tuple[str, int, str], ...] = (
    *(("maintenance", 38 + 9 * place, "responder") for place in range(7)),
    *(("maintenance", days, outcome) for days, outcome in ((47, "partial"), (60, "none"), (75, "partial"))),
    *(("series", 22 + place, "responder") for place in range(3)),
    *(("series", days, "responder") for days in (0, 3, 7, 10, 14)),
    *(("series", days, "partial") for days in (0, 3, 7)),
    *(("series", days, "none") for days in (7, 10, 14)),
    ("series", 17, "responder"),
    ("no_show", 14, "partial"),
    ("no_show", 18, "responder"),
    *(("series", -days, "responder") for days in (1, 2, 3, 4, 5, 7, 8, 10)),
    *(("eligible", days, "") for days in (4, 2, -1, -3, -5, -7, -9)),
    *(("deferred", days, "") for days in (6, 1)),
    *(("ineligible", days, "") for days in (12, 3)),
    *(("draft", -days, "") for days in (11, 12, 13, 14, 15, 15)),
    *(("registered", -days, "") for days in (16, 18, 19, 20, 21, 22, 23, 23)),
)


def hours(now: datetime) -> tuple[time, ...]:
    """Hours of the day around the present one, so that somebody is in the chair whenever the demo is opened."""
    minutes = now.hour * 60 + now.minute
    wished = (minutes + offset for offset in (-150, -95, -45, -15, 60, 150))
    return tuple(time(*divmod(min(max(wish, 6 * 60 + 30), 20 * 60 + 30) // 30 * 30, 60)) for wish in wished)


def seed(report: Report = lambda line: None) -> dict[str, int]:
    """Make the demo clinic as of now. Same day, same clinic. Answers how many of what were made."""
    # The worker is running already; it would find reminders of months ago and call them too late.
    with alone():
        return _seed(clock.now(), report)


def _seed(now: datetime, report: Report) -> dict[str, int]:
    with transaction.atomic():
        houses = cast.build()
    admin = houses[cast.PINE].one(Role.CLINIC_ADMIN)
    with acting(admin.pk, source="demo"):
        for house in houses.values():
            _settle(house, now)
            _on_call(house, now)
            billing.numbers(house)
            prices.schedule(house, PAYERS)
            billing.addresses(house)
        told = 0
        for story in _stories(houses, now):
            with transaction.atomic():
                told += _tell(story)
            if told % 10 == 0:
                report(f"{told} patients")
        talks.fill(houses[cast.PINE], now)
        writing.fill(houses[cast.PINE], now)
        _call(houses, now)
        for house in houses.values():
            billing.bill(house)
        _say_what_was_due(now, houses[cast.LAKE].site)
        answers.write_back(now)
        sweeping.sweep()
    return {"sites": len(houses), "staff": User.objects.count(), "patients": told}


def _settle(house: House, now: datetime) -> None:
    """Sign the protocol and fill the cupboard, four months ago."""
    began = now - timedelta(days=130)
    admin, provider, nurse = (house.one(role) for role in (Role.CLINIC_ADMIN, Role.PROVIDER, Role.NURSE))
    with clock.at(began):
        version = settings_versions.new_version(site_id=house.site.pk, changes={}, note="As Table A proposes", by=admin)
        settings_versions.sign(settings_id=version.pk, by=provider)
        for number in range(1, 41 if house.site.code == cast.PINE else 21):
            ledger.receive(
                site=house.site,
                label=f"V-{number:03}",
                ndc=billing.NDC,
                lot=f"K{2290 + number // 10}",
                strength_mg_per_ml=Decimal(50),
                volume_ml=Decimal(10),
                expires_on=(now + timedelta(days=400 + number)).date(),
                by=nurse,
            )


def _on_call(house: House, now: datetime) -> None:
    """From this morning on, week after week: a provider, and another one behind them."""
    today, eight = house.site.local(now).date(), time(8)
    admin = house.one(Role.CLINIC_ADMIN)
    for turn, tier in enumerate((OnCallTurn.Tier.FIRST, OnCallTurn.Tier.BACKUP)):
        on_call.add_turns(
            site_id=house.site.pk, user_id=house.one(Role.PROVIDER, turn).pk, tier=tier, weeks=8, by=admin,
            first_day=today - DAY, starts=eight, last_day=today + 6 * DAY, ends=eight,
        )  # fmt: skip


def _stories(houses: dict[str, House], now: datetime) -> Iterator[Story]:
    """Sixty people over the stages: two of three at Pine Street, the third at Lakeside."""
    for turn, person in enumerate(cast.PEOPLE):
        house = houses[cast.LAKE if turn % 3 == 2 else cast.PINE]
        stage, ago, outcome = STAGES[turn]
        first = house.site.local(now).date() - timedelta(days=ago)
        yield Story(
            house=house,
            person=person,
            turn=turn,
            first=first,
            stage=stage,
            now=now,
            weekdays=tuple(sorted({first.weekday(), (first.weekday() + 3) % 7})),
            hour=hours(house.site.local(now))[turn % 6],
            outcome=outcome or "responder",
            baseline=17 + turn % 7,
        )


def _tell(story: Story) -> int:
    try:
        story.tell()
    except NoPlan:
        # The calendar was full for these wishes; the patient stands as eligible and waits for a date.
        return 1
    return 1


def _call(houses: dict[str, House], now: datetime) -> None:
    for place, (given, family, phone, source, message) in enumerate(CALLERS):
        house = houses[cast.LAKE if phone.startswith("+1847") else cast.PINE]
        with clock.at(now - timedelta(hours=3 + 7 * place)):
            inquiries.receive(
                site=house.site,
                source=source,
                given_name=given,
                family_name=family,
                phone=phone,
                message=message,
                by=house.one(Role.FRONT_DESK) if source == "phone" else None,
            )


def _say_what_was_due(now: datetime, eastern: Site) -> None:
    """Let the dispatcher run through the past months, noon and evening of both sites, so that each found its hour."""
    day: date = (now - timedelta(days=130)).date()
    while day <= now.date():
        for moment in (datetime.combine(day, time(19, 30), tzinfo=now.tzinfo), eastern.moment(day, time(20, 45))):
            with clock.at(min(moment, now)):
                dispatch_due()
        day += DAY
