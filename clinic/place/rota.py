"""When staff work: weekly shifts at a site, and days on which they do not hold. The verbs of the clinic admin."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Membership, Shift, ShiftException, Site, User
from clinic.place.directory import locked_site
from clinic.policy import Action, require


@transaction.atomic
def add_shifts(
    *,
    user_id: UUID,
    site_id: UUID,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    valid_from: date,
    by: User,
    valid_until: date | None = None,
) -> list[Shift]:
    """Let a person work on these weekdays. Raises NotPermitted, Invalid."""
    site = locked_site(site_id, by)
    person = _worker(user_id, site)
    if not weekdays or any(day not in range(7) for day in weekdays):
        raise Invalid({"weekdays": "Choose at least one day of the week."})
    made = []
    for weekday in sorted(set(weekdays)):
        shift = Shift(
            user=person,
            site=site,
            weekday=weekday,
            starts=starts,
            ends=ends,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        _check_shift(shift)
        shift.save()
        made.append(shift)
    return made


@transaction.atomic
def edit_shift(
    *, shift_id: UUID, starts: time, ends: time, valid_from: date, by: User, valid_until: date | None = None
) -> Shift:
    """Raises NotPermitted, Invalid."""
    shift = _locked_shift(shift_id, by)
    shift.starts, shift.ends = starts, ends
    shift.valid_from, shift.valid_until = valid_from, valid_until
    _check_shift(shift)
    shift.save(update_fields=["starts", "ends", "valid_from", "valid_until"])
    return shift


@transaction.atomic
def end_shift(*, shift_id: UUID, by: User) -> None:
    """From today on the pattern no longer holds; one that has not begun goes away. Raises NotPermitted, Refused."""
    shift = _locked_shift(shift_id, by)
    today = shift.site.today()
    if shift.valid_from >= today:
        shift.delete()
        return
    if shift.valid_until is not None and shift.valid_until < today:
        raise Refused("This shift has ended already.")
    shift.valid_until = today - timedelta(days=1)
    shift.save(update_fields=["valid_until"])


@transaction.atomic
def add_exception(
    *,
    user_id: UUID,
    site_id: UUID,
    first_day: date,
    by: User,
    last_day: date | None = None,
    starts: time | None = None,
    ends: time | None = None,
    reason: str = "",
) -> list[ShiftException]:
    """On these days the person is away, or works other hours than the pattern says. Raises NotPermitted, Invalid."""
    site = locked_site(site_id, by)
    person = _worker(user_id, site)
    last_day = last_day or first_day
    _check_days(site, first_day, last_day)
    _check_hours(starts, ends)
    days = [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    known = ShiftException.objects.filter(user=person, site=site, day__in=days).order_by("day").first()
    if known:
        raise Invalid({"first_day": f"{known.day:%-d %b %Y} has an exception already. Remove that one first."})
    return ShiftException.objects.bulk_create(
        ShiftException(user=person, site=site, day=day, starts=starts, ends=ends, reason=reason.strip()) for day in days
    )


@transaction.atomic
def note_away(
    *,
    user_id: UUID,
    site_id: UUID,
    first_day: date,
    last_day: date,
    by: User,
    gone_from: time | None = None,
    back_at: time | None = None,
    reason: str = "",
) -> list[ShiftException]:
    """A colleague called in: they are away on these days, or on one day from an hour on, or until one.

    Whoever books visits may note it, so that nothing more is booked with them. Days that are noted as away already
    stay as they are. Raises NotFound, NotPermitted, Invalid.
    """
    site = Site.objects.select_for_update().filter(pk=site_id).first()
    if site is None:
        raise NotFound
    require(by, Action.BOOK, at=site)
    person = _worker(user_id, site)
    _check_days(site, first_day, last_day)
    starts, ends = _hours_left(person, site, first_day, last_day, gone_from, back_at)
    days = [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    known = {one.day: one for one in ShiftException.objects.filter(user=person, site=site, day__in=days)}
    if other := next((one for one in known.values() if one.starts or starts), None):
        raise Invalid({"first_day": f"{other.day:%-d %b %Y} has other hours already. The clinic admin changes them."})
    return ShiftException.objects.bulk_create(
        ShiftException(user=person, site=site, day=day, starts=starts, ends=ends, reason=reason.strip())
        for day in days
        if day not in known
    )


def _hours_left(
    person: User, site: Site, first_day: date, last_day: date, gone_from: time | None, back_at: time | None
) -> tuple[time | None, time | None]:
    """The hours at which the person is there on a day of which they miss a part."""
    if gone_from is None and back_at is None:
        return None, None
    if first_day != last_day:
        raise Invalid({"last_day": "Hours are for one day. Leave them empty when the person is away for days."})
    if gone_from and back_at:
        raise Invalid({"back_at": "Give one of both: gone from an hour on, or back at one."})
    shifts = Shift.objects.filter(user=person, site=site, weekday=first_day.weekday(), valid_from__lte=first_day)
    there = [one for one in shifts if one.valid_until is None or one.valid_until >= first_day]
    if not there:
        raise Invalid({"first_day": f"{person.full_name} has no shift on this day."})
    begins, ends = min(one.starts for one in there), max(one.ends for one in there)
    left = (begins, gone_from) if gone_from else (back_at, ends)
    if left[0] is None or left[1] is None or left[0] >= left[1]:
        return None, None
    return left


@transaction.atomic
def remove_exception(*, exception_id: UUID, by: User) -> None:
    """The pattern holds again on that day. Raises NotPermitted, Refused for a day that is past."""
    found = ShiftException.objects.filter(pk=exception_id).first()
    if found is None:
        raise NotFound
    site = locked_site(found.site_id, by)
    exception = ShiftException.objects.select_for_update().get(pk=exception_id)
    if exception.day < site.today():
        raise Refused("This day is past; it stays as it was.")
    exception.delete()


def _worker(user_id: UUID, site: Site) -> User:
    """The person, locked, if they may come in and hold a role here."""
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None or not Membership.objects.filter(user=person, site=site).exists():
        raise NotFound
    if not person.is_active:
        raise Refused("This account is deactivated. Reactivate it first.")
    return person


def _locked_shift(shift_id: UUID, by: User) -> Shift:
    found = Shift.objects.filter(pk=shift_id).first()
    if found is None:
        raise NotFound
    locked_site(found.site_id, by)
    # The person's row is the lock under which shifts of one person are compared.
    User.objects.select_for_update().get(pk=found.user_id)
    return Shift.objects.select_for_update(of=("self",)).select_related("site", "user").get(pk=shift_id)


def _check_shift(shift: Shift) -> None:
    wrong: dict[str, str] = {}
    if shift.ends <= shift.starts:
        wrong["ends"] = "A shift must end after it starts. Check both times."
    if shift.valid_until is not None and shift.valid_until < shift.valid_from:
        wrong["valid_until"] = "The last day is before the first. Check both."
    if wrong:
        raise Invalid(wrong)
    others = Shift.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=shift.valid_from),
        user=shift.user,
        weekday=shift.weekday,
        starts__lt=shift.ends,
        ends__gt=shift.starts,
    ).exclude(pk=shift.pk)
    if shift.valid_until is not None:
        others = others.filter(valid_from__lte=shift.valid_until)
    if other := others.select_related("site", "user").first():
        where = "" if other.site_id == shift.site_id else " at another site"
        raise Invalid({"starts": f"{other} is a shift already{where}. Change that one, or choose other hours."})


def _check_days(site: Site, first_day: date, last_day: date) -> None:
    wrong: dict[str, str] = {}
    if first_day < site.today():
        wrong["first_day"] = "This day is past. Choose today or later."
    if last_day < first_day:
        wrong["last_day"] = "The last day is before the first. Check both."
    elif (last_day - first_day).days > 92:
        wrong["last_day"] = "This is more than three months. End the shifts instead."
    if wrong:
        raise Invalid(wrong)


def _check_hours(starts: time | None, ends: time | None) -> None:
    if (starts is None) != (ends is None):
        raise Invalid({"ends": "Give both times, or neither for a day away."})
    if starts is not None and ends is not None and ends <= starts:
        raise Invalid({"ends": "The day must end after it starts. Check both times."})
