"""The verbs of the day, told as it goes."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotPermitted, NotReady, Refused
from clinic.ids import uuid7
from infusions import ledger, readiness, run
from infusions.models import Infusion, LedgerEntry
from visits import changes, undoing


def test_a_day_as_it_should_be(day):
    infusion = day.until("recovery")
    assert infusion.state == "recovery"
    assert (infusion.drawn_ml, infusion.given_mg, infusion.given_ml) == (Decimal("0.80"), Decimal(40), Decimal(50))
    assert (infusion.started_at, infusion.ended_at) == (day.at("09:12"), day.at("09:52"))
    assert infusion.vial.balance_ml == Decimal("9.20")
    infusion.appointment.refresh_from_db()
    assert infusion.appointment.status == "in_progress"
    infusion.series.refresh_from_db()
    assert infusion.series.state == "active"
    assert [event.after for event in infusion.state_events.all()] == [
        "scheduled", "checked_in", "cleared", "in_progress", "completed", "recovery",
    ]  # fmt: skip


def test_check_in_moves_the_visit_along(checked_in):
    checked_in.appointment.refresh_from_db()
    assert checked_in.appointment.status == "arrived"


def test_front_desk_checks_in_but_does_not_run(booked, day, front_desk):
    with day.clock("08:45"):
        run.check_in(infusion_id=booked.pk, by=front_desk, observed_at=clock.now())
        with pytest.raises(NotPermitted):
            run.hold(infusion_id=booked.pk, reason="Looks pale", by=front_desk)


def test_a_stranger_can_do_nothing(booked, day, stranger):
    with day.clock("08:45"), pytest.raises(NotPermitted):
        run.check_in(infusion_id=booked.pk, by=stranger, observed_at=clock.now())


def test_clear_with_something_missing_names_all_of_it(checked_in, day, nurse):
    with day.clock("08:50"), pytest.raises(NotReady) as gate:
        run.clear(infusion_id=checked_in.pk, by=nurse)
    assert any("PHQ-9" in sentence for sentence in gate.value.unmet)
    assert any("Vitals" in sentence for sentence in gate.value.unmet)
    checked_in.refresh_from_db()
    assert checked_in.state == "checked_in"


def test_nothing_is_drawn_before_the_infusion_is_cleared(ready, day, nurse):
    vial = day.vial()
    with day.clock("09:00"), pytest.raises(Refused, match="No vial was opened"):
        run.draw(infusion_id=ready.pk, vial_label=vial.label, by=nurse)
    vial.refresh_from_db()
    assert vial.balance_ml == 10


def _emptied(day, ml):
    vial = day.vial()
    with day.clock("08:00"):
        ledger.return_stock(vial_id=vial.pk, ml=Decimal(ml), note="To the supplier, R-1", by=day.nurse)
    return vial


def _closed(day):
    vial = _emptied(day, "10")
    return ledger.close(vial_id=vial.pk, by=day.nurse)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda day: day.vial(expires_on=date(2027, 2, 1)), "expired"),
        (lambda day: _emptied(day, "9.5"), "holds"),
        (_closed, "closed"),
    ],
)
def test_a_vial_that_cannot_be_used_is_refused_with_a_sentence(cleared, day, nurse, make, sentence):
    vial = make(day)
    with day.clock("09:05"), pytest.raises(Refused, match=sentence):
        run.draw(infusion_id=cleared.pk, vial_label=vial.label, by=nurse)
    cleared.refresh_from_db()
    assert cleared.drawn_ml is None


def test_a_vial_of_another_site_is_not_in_stock(cleared, day, nurse, other_site, stranger):
    there = day.__class__(other_site, day.patient, stranger, stranger, stranger)
    vial = there.vial("V-9")
    with day.clock("09:05"), pytest.raises(Invalid, match="no vial V-9"):
        run.draw(infusion_id=cleared.pk, vial_label=vial.label, by=nurse)


def test_the_strength_of_the_vial_decides_the_volume(cleared, day, nurse):
    day.vial("V-100", "100")
    with day.clock("09:05"):
        infusion = run.draw(infusion_id=cleared.pk, vial_label="V-100", by=nurse)
    assert infusion.drawn_ml == Decimal("0.40")


def test_who_drew_cannot_check(cleared, day, nurse):
    day.drawn(cleared)
    with day.clock("09:06"), pytest.raises(Refused, match="second person"):
        run.double_check(infusion_id=cleared.pk, by=nurse)


def test_start_without_a_second_pair_of_eyes_names_it(cleared, day, nurse):
    day.drawn(cleared)
    with day.clock("09:10"), pytest.raises(NotReady, match="second person"):
        run.start(infusion_id=cleared.pk, observed_at=clock.now(), by=nurse)


def test_start_asks_the_gate_again(checked, day, nurse):
    day.arrival(checked, "09:10", escort_confirmed=False)
    with day.clock("09:12"), pytest.raises(NotReady) as gate:
        run.start(infusion_id=checked.pk, observed_at=clock.now(), by=nurse)
    assert len(gate.value.unmet) == 1
    checked.refresh_from_db()
    assert (checked.state, checked.started_at) == ("cleared", None)


def test_an_order_signed_after_the_draw_needs_a_new_syringe(checked, day, nurse, other_nurse, provider):
    from infusions import orders

    with day.clock("09:10"):
        orders.sign(
            series_id=checked.series_id, first_number=1, mg_per_kg=Decimal("0.4"), dosing_weight_kg=Decimal(80),
            weight_measured_at=clock.now(), weight_basis="actual", minutes=40, bag_ml=Decimal(50),
            by=provider, reason="Lower to begin with",
        )  # fmt: skip
        with pytest.raises(NotReady, match="draw anew"):
            run.start(infusion_id=checked.pk, observed_at=clock.now(), by=nurse)
        run.discard(infusion_id=checked.pk, reason="New order", witness=other_nurse, by=nurse)
        infusion = run.draw(infusion_id=checked.pk, vial_label="V-0142", by=nurse)
    assert infusion.drawn_ml == Decimal("0.64")
    assert ledger.left_in_bag_mg(infusion) == Decimal(32)


def test_an_order_behind_one_for_later_infusions_needs_a_new_syringe_too(checked, day, nurse, provider):
    from infusions import orders

    def sign(number: int, mg_per_kg: str) -> None:
        orders.sign(
            series_id=checked.series_id, first_number=number, mg_per_kg=Decimal(mg_per_kg),
            dosing_weight_kg=Decimal(80), weight_measured_at=clock.now(), weight_basis="actual", minutes=40,
            bag_ml=Decimal(50), by=provider, reason="Seen together",
        )  # fmt: skip

    with day.clock("09:10"):
        sign(2, "0.6")
        sign(1, "0.4")
        with pytest.raises(NotReady, match="draw anew"):
            run.start(infusion_id=checked.pk, observed_at=clock.now(), by=nurse)


def test_an_order_for_later_infusions_leaves_the_drawn_dose_alone(checked, day, nurse, provider):
    from infusions import orders

    with day.clock("09:12"):
        orders.sign(
            series_id=checked.series_id, first_number=2, mg_per_kg=Decimal("0.6"), dosing_weight_kg=Decimal(80),
            weight_measured_at=clock.now(), weight_basis="actual", minutes=40, bag_ml=Decimal(50),
            by=provider, reason="Higher next time",
        )  # fmt: skip
        assert run.start(infusion_id=checked.pk, observed_at=clock.now(), by=nurse).state == "in_progress"


def test_a_visit_is_not_called_off_while_its_patient_is_at_the_chair(checked_in, day, front_desk):
    visit = checked_in.appointment_id
    with day.clock("08:50"):
        with pytest.raises(Refused, match="at the chair"):
            changes.cancel(appointment_id=visit, party="patient", reason="Went home", by=front_desk)
        with pytest.raises(Refused, match="at the chair"):
            undoing.undo(appointment_id=visit, by=front_desk)
    checked_in.refresh_from_db()
    checked_in.appointment.refresh_from_db()
    assert (checked_in.state, checked_in.appointment.status) == ("checked_in", "arrived")


@pytest.mark.django_db(transaction=True)
def test_two_nurses_press_start_and_one_infusion_starts(day):
    infusion = day.until("checked")
    said, barrier = [], Barrier(2)

    def press(by):
        try:
            barrier.wait()
            with day.clock("09:12"):
                run.start(infusion_id=infusion.pk, observed_at=clock.now(), by=by)
            said.append("started")
        except IllegalTransition as refused:
            said.append(refused.sentence)
        finally:
            connection.close()

    threads = [Thread(target=press, args=[by]) for by in (day.nurse, day.other_nurse)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("started") == 1
    assert any("“Infusing” and can’t become “Infusing”" in words for words in said)
    assert infusion.state_events.filter(after="in_progress").count() == 1


def test_a_pause_does_not_count(running, day, nurse):
    with day.clock("09:32"):
        run.pause(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
        assert run.given_so_far(_fresh(running), clock.now())[0] == Decimal(20)
    with day.clock("09:40"):
        assert run.given_so_far(_fresh(running), clock.now())[0] == Decimal(20)
        infusion = run.resume(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
    assert infusion.paused_seconds == 480
    assert run.planned_end(infusion) == day.at("10:00")
    with day.clock("09:52"), pytest.raises(Refused, match="runs until 10:00"):
        run.complete(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
    with day.clock("10:00"):
        assert run.complete(infusion_id=running.pk, observed_at=clock.now(), by=nurse).given_mg == Decimal(40)


def test_stopped_while_paused_gives_what_went_in_before(day, nurse, other_nurse):
    """J2: started at 10:00, paused at 10:30, stopped at 10:35: 37.5 of 50 mL, 30 of 40 mg, and 10 mg are wasted."""
    running = day.until("checked")
    day.started(running, "10:00")
    with day.clock("10:30"):
        run.pause(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
    with day.clock("10:35"):
        infusion = run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=nurse, reason="186/111")
        assert (infusion.given_mg, infusion.given_ml) == (Decimal("30.00"), Decimal("37.50"))
        assert infusion.state == "recovery"
        entry = run.waste_rest(infusion_id=running.pk, witness=other_nurse, by=nurse)
        assert (entry.wasted_mg, entry.change_ml, entry.balance_ml) == (Decimal(10), Decimal(0), Decimal("9.20"))
        with pytest.raises(Refused, match="wasted already"):
            run.waste_rest(infusion_id=running.pk, witness=other_nurse, by=nurse)


def test_waste_needs_a_second_person(running, day, nurse):
    with day.clock("09:30"):
        run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
        with pytest.raises(Invalid):
            run.waste_rest(infusion_id=running.pk, witness=nurse, by=nurse)


def test_held_for_pressure_and_not_given_opens_no_vial_and_uses_no_number(day, nurse):
    """J2 (a): 168/102, after the rest 164/100: held, no vial opened, not given."""
    infusion = day.until("checked in")
    day.asked()
    day.arrival(infusion)
    day.vitals(infusion, "08:50", 168, 102)
    assert _light(infusion, day, "08:55").state == "todo"
    day.vitals(infusion, "09:06", 164, 100)
    assert _light(infusion, day, "09:06").state == "stop"
    with day.clock("09:08"):
        run.hold(infusion_id=infusion.pk, reason="164/100 after the rest", by=nurse)
        run.not_given(infusion_id=infusion.pk, reason="Blood pressure", by=nurse)
    infusion.refresh_from_db()
    assert (infusion.state, infusion.number, infusion.not_given_reason) == ("not_given", None, "Blood pressure")
    assert not LedgerEntry.objects.filter(kind="drawn").exists()
    infusion.appointment.refresh_from_db()
    assert infusion.appointment.status == "done"


def test_soft_pressure_passes_with_a_provider_and_a_reason(day, nurse, provider):
    """J2 (b): 152/94, after the rest 146/88: the provider acknowledges, then it may start."""
    infusion = day.until("checked in")
    day.asked()
    day.arrival(infusion)
    day.vitals(infusion, "08:46", 152, 94)
    day.vitals(infusion, "09:02", 146, 88)
    assert _light(infusion, day, "09:02").state == "warn"
    with day.clock("09:03"):
        with pytest.raises(NotReady):
            run.clear(infusion_id=infusion.pk, by=nurse)
        with pytest.raises(NotPermitted):
            run.override(infusion_id=infusion.pk, light="vitals", reason="Fine by me", by=nurse)
        run.override(infusion_id=infusion.pk, light="vitals", reason="Known hypertension, calm", by=provider)
        assert run.clear(infusion_id=infusion.pk, by=nurse).state == "cleared"


def test_what_is_firm_cannot_be_overridden(ready, day, provider):
    day.arrival(ready, "08:55", pregnancy="positive")
    with day.clock("08:56"), pytest.raises(Refused, match="can’t be overridden"):
        run.override(infusion_id=ready.pk, light="pregnancy", reason="Repeat it", by=provider)


def test_an_override_says_why(ready, day, provider):
    day.arrival(ready, "08:55", substances_clear=False, alcohol_at=day.at("06:00"))
    with day.clock("08:56"), pytest.raises(Invalid):
        run.override(infusion_id=ready.pk, light="alcohol", reason=" ", by=provider)


def test_not_given_after_the_draw_needs_a_witness(checked, day, nurse, other_nurse):
    with day.clock("09:15"):
        with pytest.raises(Invalid, match="sees it wasted"):
            run.not_given(infusion_id=checked.pk, reason="Changed her mind", by=nurse)
        run.not_given(infusion_id=checked.pk, reason="Changed her mind", by=nurse, witness=other_nurse)
    assert LedgerEntry.objects.get(kind="wasted").wasted_mg == Decimal(40)


def test_a_no_show_gives_its_number_to_nobody_when_it_was_the_only_one(booked, day, front_desk):
    with day.clock("09:15"):
        infusion = run.no_show(infusion_id=booked.pk, by=front_desk)
    assert (infusion.state, infusion.number, infusion.appointment.status) == ("no_show", None, "no_show")


def test_cancelled_with_its_visit(booked, day, front_desk):
    with day.clock("07:00"):
        infusion = run.cancel(infusion_id=booked.pk, party="patient", reason="Has a cold", by=front_desk)
    assert (infusion.state, infusion.appointment.status) == ("cancelled", "cancelled")


def test_an_event_is_written_once_for_each_key(running, day, nurse):
    key = uuid7()
    with day.clock("09:20"):
        for _ in range(2):
            run.record_event(
                infusion_id=running.pk, kind="nausea", observed_at=clock.now(), by=nurse, text="mild", client_key=key
            )
    assert running.events.count() == 1


def test_a_note_without_words_is_refused(running, day, nurse):
    with day.clock("09:20"), pytest.raises(Invalid):
        run.record_event(infusion_id=running.pk, kind="note", observed_at=clock.now(), by=nurse)


def _fresh(infusion):
    return Infusion.objects.get(pk=infusion.pk)


def _light(infusion, day, time, key="vitals"):
    infusion.refresh_from_db()
    with day.clock(time):
        return next(light for light in readiness.lights(infusion) if light.key == key)
