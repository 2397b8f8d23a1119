"""The flowsheet: never double, never silently wrong, and it knows when the next set is due."""

from datetime import UTC, timedelta

import pytest

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.ids import uuid7
from infusions import run, vitals
from infusions.limits import Kind
from infusions.models import Infusion, VitalSigns
from tests import build


def _save(day, infusion, time="09:22", **values):
    with day.clock(time):
        return vitals.record(infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse, **values)


def test_a_repeated_save_is_one_row(running, day):
    key = uuid7()
    first = _save(day, running, systolic=146, diastolic=90, client_key=key)
    again = _save(day, running, "09:24", systolic=146, diastolic=90, client_key=key)
    assert first.row.pk == again.row.pk
    assert again.row.observed_at == day.at("09:22")
    assert running.vitals.filter(client_key=key).count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"systolic": 261, "diastolic": 90}, "systolic"),
        ({"systolic": 49, "diastolic": 40}, "systolic"),
        ({"systolic": 120, "diastolic": 161}, "diastolic"),
        ({"systolic": 120}, "diastolic"),
        ({"diastolic": 80}, "systolic"),
        ({"systolic": 80, "diastolic": 80}, "diastolic"),
        ({"heart_rate": 19}, "heart_rate"),
        ({"spo2": 101}, "spo2"),
        ({"respiratory_rate": 61}, "respiratory_rate"),
        ({"moaas": 6}, "moaas"),
        ({"cadss6": 25}, "cadss6"),
        ({"distress": 11}, "distress"),
        ({"heart_rate": "ninety"}, "heart_rate"),
        ({}, "systolic"),
    ],
)
def test_a_value_that_cannot_be_is_refused_beside_its_field(running, day, values, field):
    with pytest.raises(Invalid) as refused:
        _save(day, running, **values)
    assert set(refused.value.fields) == {field}
    assert running.vitals.count() == 1


def test_every_wrong_value_is_named_at_once(running, day):
    with pytest.raises(Invalid) as refused:
        _save(day, running, heart_rate=300, spo2=20)
    assert set(refused.value.fields) == {"heart_rate", "spo2"}


def test_vitals_belong_to_the_stay(booked, day):
    with pytest.raises(Refused, match="from check-in"):
        _save(day, booked, "08:30", heart_rate=80)


def test_a_row_from_before_check_in_is_refused(checked_in, day):
    with day.clock("08:50"), pytest.raises(Invalid) as refused:
        vitals.record(infusion_id=checked_in.pk, observed_at=day.at("08:40"), by=day.nurse, heart_rate=80)
    assert "check-in at 08:45" in refused.value.fields["observed_at"]


def test_a_row_typed_late_says_so(running, day):
    with day.clock("09:45"):
        taken = vitals.record(infusion_id=running.pk, observed_at=day.at("09:22"), by=day.nurse, heart_rate=80)
    assert taken.row.is_late_entry


def test_a_stranger_writes_no_row(running, day, stranger):
    with day.clock("09:22"), pytest.raises(NotPermitted):
        vitals.record(infusion_id=running.pk, observed_at=clock.now(), by=stranger, heart_rate=80)


def test_a_correction_keeps_the_old_row_beside_the_new(running, day):
    row = _save(day, running, systolic=246, diastolic=90, heart_rate=84).row
    with day.clock("09:25"):
        new = vitals.correct(vitals_id=row.pk, reason="Typed 2 for 1", by=day.nurse, systolic=146)
    row.refresh_from_db()
    assert (new.systolic, new.diastolic, new.heart_rate, new.corrects) == (146, 90, 84, row)
    assert (new.observed_at, new.entered_at) == (day.at("09:22"), day.at("09:25"))
    assert (row.systolic, row.entered_in_error_reason) == (246, "Typed 2 for 1")


def test_a_row_is_corrected_once(running, day):
    row = _save(day, running, heart_rate=184).row
    with day.clock("09:25"):
        vitals.correct(vitals_id=row.pk, reason="Typo", by=day.nurse, heart_rate=84)
        with pytest.raises(Refused, match="newer one"):
            vitals.correct(vitals_id=row.pk, reason="Typo", by=day.nurse, heart_rate=85)


def test_a_correction_says_why(running, day):
    row = _save(day, running, heart_rate=184).row
    with day.clock("09:25"), pytest.raises(Invalid):
        vitals.correct(vitals_id=row.pk, reason="", by=day.nurse, heart_rate=84)


def test_the_limits_of_j2_are_told_and_asked_about(running, day):
    """158/92 is calm, 172/98 tells, 184/112 pauses, 186/111 again stops."""
    told = [
        [crossing.kind for crossing in day.vitals(running, time, *pressure).crossings]
        for time, pressure in (("09:22", (158, 92)), ("09:32", (172, 98)), ("09:42", (184, 112)), ("09:47", (186, 111)))
    ]
    assert told == [[], [Kind.NOTIFY], [Kind.PAUSE], [Kind.STOP]]
    asked = _questions(running, day)
    assert [question.row.systolic for question in asked] == [186, 184, 172]


@pytest.mark.parametrize(
    ("beats", "told"),
    [
        ([("09:22", 121), ("09:26", 122), ("09:27", 121)], ["watch", "watch", "notify"]),
        ([("09:22", 121), ("09:25", 120), ("09:28", 121)], ["watch", "", "watch"]),
        ([("09:22", 121), ("09:24", None), ("09:27", 140)], ["watch", "", "notify"]),
        ([("09:22", 121), ("09:23", 141), ("09:28", 121)], ["watch", "stop", "notify"]),
        ([("09:22", 141), ("09:23", 121)], ["stop", "watch"]),
    ],
)
def test_a_fast_heart_is_told_when_it_lasts_five_minutes(running, day, beats, told):
    """Table A, hr_during: above 120 for 5 minutes tells the provider, above 140 stops at once."""
    for time, rate in beats:
        day.vitals(running, time, heart_rate=rate)
    rows = list(running.vitals.all())
    found = vitals.crossed(running, rows, settings_versions.current(day.site))
    assert ["".join(crossing.kind for crossing in found.get(row.pk, ())) for row in rows[1:]] == told
    asked = {"".join(crossing.kind for crossing in question.crossings) for question in _questions(running, day)}
    assert asked == set(told) - {"watch", ""}


def test_a_fast_heart_is_due_again_five_minutes_after_it_was_first_seen(running, day):
    day.vitals(running, "09:22", heart_rate=125)
    day.vitals(running, "09:24", heart_rate=126)
    with day.clock("09:25"):
        due = _due(running, day)
    assert (due.at, due.recheck) == (day.at("09:27"), True)


def test_a_set_without_a_pressure_does_not_answer_for_its_recheck(running, day):
    day.vitals(running, "09:32", 184, 112)
    day.vitals(running, "09:33", None, None, spo2=97)
    with day.clock("09:34"):
        assert _due(running, day).at == day.at("09:37")


@pytest.mark.parametrize(("again", "rechecks"), [("09:33", True), ("09:35", True), ("09:36", False), ("09:37", False)])
def test_a_lower_pressure_answers_the_recheck_only_in_its_time(running, day, again, rechecks):
    day.vitals(running, "09:32", 184, 112)
    day.vitals(running, again, 150, 90)
    with day.clock(again):
        assert _due(running, day).recheck is rechecks


def test_a_pressure_high_again_after_one_taken_too_early_is_confirmed(running, day):
    for time, systolic in (("09:32", 184), ("09:33", 150), ("09:37", 186)):
        day.vitals(running, time, systolic, 90)
    rows = list(running.vitals.all())
    found = vitals.crossed(running, rows, settings_versions.current(day.site))
    assert [crossing.kind for crossing in found[rows[-1].pk]] == ["stop"]


def test_an_answer_is_written_once_and_closes_the_question(running, day):
    row = day.vitals(running, "09:32", 172, 98).row
    with day.clock("09:34"):
        first = run.answer_crossing(vitals_id=row.pk, what="Rechecked. Told Dr Hale.", by=day.nurse)
        again = run.answer_crossing(vitals_id=row.pk, what="Rechecked.", by=day.other_nurse)
    assert first.pk == again.pk
    assert first.text == "Rechecked. Told Dr Hale."
    assert _questions(running, day) == []


def test_an_answer_needs_words(running, day):
    row = day.vitals(running, "09:32", 172, 98).row
    with day.clock("09:34"), pytest.raises(Invalid):
        run.answer_crossing(vitals_id=row.pk, what=" ", by=day.nurse)


@pytest.mark.parametrize(
    ("time", "tone", "late"),
    [("09:18", "calm", False), ("09:20", "soon", False), ("09:23", "late", False), ("09:28", "late", True)],
)
def test_the_next_set_is_due_ten_minutes_after_the_start(running, day, time, tone, late):
    with day.clock(time):
        due = _due(running, day)
    assert (due.at, due.tone, due.is_late) == (day.at("09:22"), tone, late)


def test_after_a_pause_line_the_recheck_is_due_in_five_minutes(running, day):
    day.vitals(running, "09:32", 184, 112)
    with day.clock("09:33"):
        due = _due(running, day)
    assert (due.at, due.recheck) == (day.at("09:37"), True)


def test_in_recovery_every_fifteen_minutes(recovering, day):
    with day.clock("09:53"):
        assert _due(recovering, day).at == day.at("09:52") + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("date", "started", "due"),
    [("2027-03-14", "01:55", "03:05"), ("2027-11-07", "01:55", "01:05")],
    ids=["an hour is missing", "an hour comes twice"],
)
def test_the_clock_runs_on_through_the_change_of_the_hour(site, date, started, due):
    began = build.moment(site, date, started)
    infusion = Infusion(state="in_progress", started_at=began.astimezone(UTC))
    found = vitals.next_due(infusion, [], settings_versions.current(site), now=began)
    assert (f"{site.local(found.at):%H:%M}", found.seconds) == (due, 600)


def test_nothing_is_due_before_the_start(ready, day):
    with day.clock("09:00"):
        assert _due(ready, day) is None


def test_saving_a_row_takes_few_queries(running, day, django_assert_max_num_queries):
    nurse = type(day.nurse).objects.get(pk=day.nurse.pk)
    with day.clock("09:22"), django_assert_max_num_queries(4 + 2):  # two of them are the test's own savepoint
        vitals.record(
            infusion_id=running.pk, observed_at=clock.now(), by=nurse, systolic=146, diastolic=90, client_key=uuid7()
        )


def _questions(infusion, day):
    infusion = Infusion.objects.get(pk=infusion.pk)
    rows = list(VitalSigns.objects.filter(infusion=infusion))
    found = vitals.crossed(infusion, rows, settings_versions.current(day.site))
    return vitals.questions(infusion, rows, infusion.events.all(), found)


def _due(infusion, day):
    rows = list(VitalSigns.objects.filter(infusion=infusion))
    settings = settings_versions.current(day.site)
    return vitals.next_due(infusion, rows, settings, vitals.crossed(infusion, rows, settings))
