"""Events at the chair: a medicine and its effect, what was entered in error, steps that are sent twice, phrases."""

from decimal import Decimal

import pytest

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.ids import uuid7
from infusions import phrases, run, vitals
from infusions.limits import Phase


def _event(day, infusion, time="09:20", **words):
    with day.clock(time):
        return run.record_event(infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse, **words)


def test_a_medicine_has_drug_dose_and_route_and_later_its_effect(running, day):
    given = _event(day, running, kind="medicine", drug="Ondansetron", dose="4 mg", route="IV", text="Nausea")
    effect = _event(day, running, "09:30", kind="effect", about_id=given.pk, text="Gone")
    assert (given.text, given.drug, given.dose, given.route) == (
        "Ondansetron 4 mg IV. Nausea",
        "Ondansetron",
        "4 mg",
        "IV",
    )
    assert effect.about == given


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"kind": "medicine", "dose": "4 mg"}, "drug"),
        ({"kind": "medicine", "drug": "Ondansetron"}, "dose"),
        ({"kind": "effect", "text": "Gone"}, "about"),
        ({"kind": "limit", "text": "Rechecked"}, "kind"),
    ],
)
def test_half_an_event_is_refused_beside_its_field(running, day, words, field):
    with pytest.raises(Invalid) as refused:
        _event(day, running, **words)
    assert set(refused.value.fields) == {field}


def test_an_event_in_error_stays_and_its_rate_no_longer_counts(running, day, nurse):
    slow = _event(day, running, "09:22", kind="rate", rate_ml_h=Decimal("37.5"))
    with day.clock("09:24"):
        run.retract_event(event_id=slow.pk, reason="The other pump", by=nurse)
    slow.refresh_from_db()
    assert (slow.entered_in_error_reason, slow.rate_ml_h) == ("The other pump", Decimal("37.5"))
    assert run.given_so_far(running, day.at("09:32")) == (Decimal(20), Decimal(25))


def test_once_the_pump_has_ended_its_rates_are_settled(running, day, nurse):
    slow = _event(day, running, "09:22", kind="rate", rate_ml_h=Decimal(80))
    with day.clock("09:52"):
        run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=nurse, reason="Asked to")
        with pytest.raises(Refused, match="settled"):
            run.retract_event(event_id=slow.pk, reason="Wrong", by=nurse)


@pytest.mark.parametrize("step", ["pause", "stop_early"])
def test_a_step_that_is_sent_twice_is_one(running, day, nurse, step):
    key = uuid7()
    with day.clock("09:30"):
        for _ in range(2):
            done = getattr(run, step)(infusion_id=running.pk, observed_at=clock.now(), by=nurse, client_key=key)
    assert done.state in {"paused", "recovery"}
    assert running.state_events.filter(client_key=key).count() == 1


def test_a_set_that_nobody_took_stays_in_the_record(running, day):
    """Due 09:22, five minutes of grace, taken at 09:40: 09:22 and 09:32 were missed, and nothing hides it but a row."""
    day.vitals(running, "09:40")
    settings = settings_versions.current(day.site)
    found = vitals.missed(running, running.vitals.all(), settings, day.at("09:41"))
    assert [(miss.at, miss.phase, miss.taken_at) for miss in found] == [
        (day.at("09:22"), Phase.DURING, day.at("09:40")),
        (day.at("09:32"), Phase.DURING, day.at("09:40")),
    ]
    with day.clock("09:45"):
        run.record_vitals(infusion_id=running.pk, observed_at=day.at("09:23"), by=day.nurse, heart_rate=80)
    found = vitals.missed(running, running.vitals.all(), settings, day.at("09:45"))
    assert [miss.at for miss in found] == [day.at("09:33")]


@pytest.mark.parametrize(("until", "count"), [("09:27", 0), ("09:28", 1), ("09:38", 2)])
def test_a_set_is_missed_after_its_grace(running, day, until, count):
    found = vitals.missed(running, running.vitals.all(), settings_versions.current(day.site), day.at(until))
    assert len(found) == count


def test_phrases_are_ones_own_and_kept_once(nurse, other_nurse):
    kept = phrases.keep(text="  Eyes closed,  calm. ", by=nurse)
    assert phrases.keep(text="Eyes closed, calm.", by=nurse).pk == kept.pk
    assert [phrase.text for phrase in phrases.of(nurse)] == ["Eyes closed, calm."]
    assert list(phrases.of(other_nurse)) == []
    phrases.forget(phrase_id=kept.pk, by=nurse)
    assert list(phrases.of(nurse)) == []
