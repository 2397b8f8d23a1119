"""Who is on call: typed on the wall's clock, right over midnight and over both changes of it, and never nobody."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from clinic import clock, on_call
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import OnCallTurn, Site, User
from clinic.place import on_call as turns
from tests import build


@pytest.fixture(autouse=True)
def january(site: Site) -> object:
    with clock.at(build.moment(site, "2027-01-04", "09:00")):
        yield


def add(site: Site, who: User, by: User, first: str, last: str, **changes: object) -> list[OnCallTurn]:
    """A turn from `first` to `last`, as “2027-02-05 18:00”."""
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    given: dict[str, object] = {
        "site_id": site.pk, "user_id": who.pk, "tier": "first", "weeks": 1, "by": by,
        "first_day": begin.date(), "starts": begin.time(), "last_day": end.date(), "ends": end.time(),
    }  # fmt: skip
    return turns.add_turns(**given | changes)  # type: ignore[arg-type]


def first_at(site: Site, day: str, at: str) -> User | None:
    turn = on_call.at(site, build.moment(site, day, at)).first
    return turn.user if turn else None


def test_a_night_over_midnight_ends_to_the_minute(site: Site, provider: User, clinic_admin: User) -> None:
    add(site, provider, clinic_admin, "2027-02-05 18:00", "2027-02-06 08:00")
    asked = [("2027-02-05", "17:59"), ("2027-02-05", "18:00"), ("2027-02-06", "07:59"), ("2027-02-06", "08:00")]
    assert [first_at(site, *when) == provider for when in asked] == [False, True, True, False]


@pytest.mark.parametrize(("day", "hours"), [("2027-03-13", 13), ("2027-11-06", 15)])
def test_a_night_of_a_changing_clock_is_an_hour_shorter_or_longer(
    site: Site, provider: User, clinic_admin: User, day: str, hours: int
) -> None:
    after = date.fromisoformat(day).replace(day=int(day[-2:]) + 1)
    (turn,) = add(site, provider, clinic_admin, f"{day} 18:00", f"{after} 08:00")
    assert turn.during.upper.timestamp() - turn.during.lower.timestamp() == hours * 3600


def test_weeks_in_a_row_keep_the_hour_of_the_wall(site: Site, provider: User, clinic_admin: User) -> None:
    made = add(site, provider, clinic_admin, "2027-03-05 18:00", "2027-03-06 08:00", weeks=3)
    assert [f"{site.local(turn.during.lower):%m-%d %H:%M}" for turn in made] == [
        "03-05 18:00", "03-12 18:00", "03-19 18:00",
    ]  # fmt: skip


def test_two_people_are_not_first_at_once_and_nobody_is_their_own_backup(
    site: Site, provider: User, therapist: User, clinic_admin: User
) -> None:
    add(site, provider, clinic_admin, "2027-02-05 18:00", "2027-02-06 08:00")
    with pytest.raises(Invalid, match="Dr Miriam Hale, on call from 5 Feb, 18:00 already"):
        add(site, therapist, clinic_admin, "2027-02-06 07:00", "2027-02-06 20:00")
    with pytest.raises(Invalid, match="at once"):
        add(site, provider, clinic_admin, "2027-02-06 07:00", "2027-02-06 20:00", tier="backup")
    add(site, therapist, clinic_admin, "2027-02-06 07:00", "2027-02-06 20:00", tier="backup")


def test_the_database_knows_one_first_at_a_time(site: Site, provider: User, therapist: User) -> None:
    during = DateTimeTZRange(build.moment(site, "2027-02-05"), build.moment(site, "2027-02-06"))
    OnCallTurn.objects.create(site=site, user=provider, tier="first", during=during)
    with pytest.raises(IntegrityError), transaction.atomic():
        OnCallTurn.objects.create(site=site, user=therapist, tier="first", during=during)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_day": date(2027, 2, 5), "ends": time(8)}, "ends"),
        ({"last_day": date(2027, 3, 5)}, "last_day"),
        ({"last_day": date(2027, 2, 14), "weeks": 2}, "weeks"),
        ({"first_day": date(2027, 1, 1), "last_day": date(2027, 1, 2)}, "first_day"),
        ({"weeks": 27}, "weeks"),
        ({"tier": "third"}, "tier"),
    ],
)
def test_what_can_t_be_is_said_with_its_field(
    site: Site, provider: User, clinic_admin: User, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(site, provider, clinic_admin, "2027-02-05 18:00", "2027-02-06 08:00", **changes)
    assert list(refused.value.fields) == [field]


def test_who_may_not_act_on_an_alert_is_not_put_on_call(site: Site, front_desk: User, clinic_admin: User) -> None:
    with pytest.raises(NotFound):
        add(site, front_desk, clinic_admin, "2027-02-05 18:00", "2027-02-06 08:00")


def test_only_the_clinic_admin_sets_it(site: Site, provider: User) -> None:
    with pytest.raises(NotPermitted):
        add(site, provider, provider, "2027-02-05 18:00", "2027-02-06 08:00")


def test_a_turn_under_way_ends_now_a_later_one_goes_and_a_past_one_stays(
    site: Site, provider: User, clinic_admin: User
) -> None:
    (turn,) = add(site, provider, clinic_admin, "2027-02-05 18:00", "2027-02-06 08:00")
    (later,) = add(site, provider, clinic_admin, "2027-02-07 18:00", "2027-02-08 08:00")
    with clock.at(build.moment(site, "2027-02-06", "02:00")):
        turns.end_turn(turn_id=later.pk, by=clinic_admin)
        turns.end_turn(turn_id=turn.pk, by=clinic_admin)
        with pytest.raises(Refused):
            turns.end_turn(turn_id=turn.pk, by=clinic_admin)
    kept = OnCallTurn.objects.get()
    assert f"{site.local(kept.during.upper):%H:%M}" == "02:00"


def test_a_turn_that_somebody_took_away_meanwhile_stays_away(
    site: Site, provider: User, clinic_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (turn,) = add(site, provider, clinic_admin, "2027-02-07 18:00", "2027-02-08 08:00")
    monkeypatch.setattr(turns, "locked_site", lambda *_: OnCallTurn.objects.all().delete())
    turns.end_turn(turn_id=turn.pk, by=clinic_admin)
    assert not OnCallTurn.objects.exists()


def test_the_page_takes_a_turn_and_home_shows_who_answers_now(
    client: Client, site: Site, provider: User, clinic_admin: User, front_desk: User
) -> None:
    client.force_login(clinic_admin)
    assert "Nobody is on call now" in client.get(reverse("clinic:on-call")).content.decode()
    typed = {
        "user": provider.pk, "tier": "first", "first_day": "2027-01-04", "starts": "08:00",
        "last_day": "2027-01-05", "ends": "08:00", "weeks": "1",
    }  # fmt: skip
    assert (
        client.post(reverse("clinic:on-call"), typed | {"ends": "07:00", "last_day": "2027-01-04"}).status_code == 422
    )
    assert client.post(reverse("clinic:on-call"), typed).status_code == 302
    assert "End now" in client.get(reverse("clinic:on-call")).content.decode()
    client.force_login(front_desk)
    home = client.get(reverse("journey:home")).content.decode()
    assert "Dr Miriam Hale" in home[home.index("On call now") :]
