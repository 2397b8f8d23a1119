"""Who is on call for a site, and who is the backup, by day and hour: the verbs of the clinic admin.

Turns are typed on the site's wall clock and kept as moments, so that a night over midnight, or over a change of the
clock, begins and ends when the wall says so.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from psycopg2.extras import DateTimeTZRange

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Membership, OnCallTurn, Site, User
from clinic.place.directory import locked_site
from clinic.policy import GRANTS, Action

MOST_WEEKS = 26
LONGEST = timedelta(days=14)


def may_be_called(site: Site) -> list[User]:
    """Those who may act on an alert at the site."""
    may_act = Membership.objects.filter(user=OuterRef("pk"), site=site, role__in=GRANTS[Action.HANDLE_ALERT])
    return list(User.objects.filter(Exists(may_act), is_active=True).order_by("full_name"))


@transaction.atomic
def add_turns(
    *,
    site_id: UUID,
    user_id: UUID,
    tier: str,
    first_day: date,
    starts: time,
    last_day: date,
    ends: time,
    weeks: int,
    by: User,
) -> list[OnCallTurn]:
    """Put a person on call from one wall-clock hour to another, and the same for the weeks after.

    Raises NotFound, NotPermitted, Invalid.
    """
    site = locked_site(site_id, by)
    person = next((one for one in may_be_called(site) if one.pk == user_id), None)
    if person is None:
        raise NotFound
    if tier not in OnCallTurn.Tier.values:
        raise Invalid({"tier": "Choose on call or backup."})
    _check(site, first_day, starts, last_day, ends, weeks)
    made = []
    for week in range(weeks):
        shift = timedelta(weeks=week)
        during = DateTimeTZRange(site.moment(first_day + shift, starts), site.moment(last_day + shift, ends))
        made.append(_add(site, person, tier, during))
    return made


def _add(site: Site, person: User, tier: str, during: DateTimeTZRange) -> OnCallTurn:
    taken = (
        OnCallTurn.objects.filter(site=site, tier=tier, during__overlap=during)
        .select_related("user").order_by("during").first()
    )  # fmt: skip
    if taken is not None:
        since = site.local(taken.during.lower)
        raise Invalid(
            {"first_day": f"{taken} from {since:%-d %b, %H:%M} already. End that turn, or choose other hours."}
        )
    if OnCallTurn.objects.filter(site=site, user=person, during__overlap=during).exists():
        raise Invalid({"user": f"{person} can’t be on call and the backup at once. Choose somebody else."})
    return OnCallTurn.objects.create(site=site, user=person, tier=tier, during=during)


@transaction.atomic
def end_turn(*, turn_id: UUID, by: User) -> None:
    """From now on it does not hold; one that has not begun goes away. Raises NotFound, NotPermitted, Refused."""
    found = OnCallTurn.objects.filter(pk=turn_id).first()
    if found is None:
        raise NotFound
    locked_site(found.site_id, by)
    turn, now = OnCallTurn.objects.select_for_update().filter(pk=turn_id).first(), clock.now()
    if turn is None:  # somebody took it away while this press waited
        return
    if turn.during.upper <= now:
        raise Refused("This turn is over; it stays as it was.")
    if turn.during.lower >= now:
        turn.delete()
        return
    turn.during = DateTimeTZRange(turn.during.lower, now)
    turn.save()


def _check(site: Site, first_day: date, starts: time, last_day: date, ends: time, weeks: int) -> None:
    wrong: dict[str, str] = {}
    begin, end = _naive(first_day, starts), _naive(last_day, ends)
    if end <= begin:
        wrong["ends"] = "A turn must end after it starts. After midnight it ends on the next day."
    elif end - begin > LONGEST:
        wrong["last_day"] = "A turn is two weeks at most. Give the rest to somebody, or repeat it weekly."
    elif weeks > 1 and end - begin > timedelta(days=7):
        wrong["weeks"] = "A turn longer than a week can’t be repeated every week."
    if last_day < site.today():
        wrong["first_day"] = "This is past. Choose today or later."
    if not 1 <= weeks <= MOST_WEEKS:
        wrong["weeks"] = f"Write a number from 1 to {MOST_WEEKS}."
    if wrong:
        raise Invalid(wrong)


def _naive(day: date, at: time) -> datetime:
    return datetime.combine(day, at)
