"""The note: figures from the rows, words of the nurse, a signature that locks, addenda, and rows that came too late."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from infusions import adverse, notes, record, run
from infusions.models import InfusionNote
from tests.infusions.test_discharge import WELL

NBSP = "\u00a0"


def figures(infusion):
    return {name: value for section in record.Account(infusion).sections() for name, value in section.rows}


@pytest.fixture
def stopped(running, day):
    """J2: 184/112 after thirty minutes, paused for five, then stopped."""
    day.vitals(running, "09:22", 158, 92)
    day.vitals(running, "09:42", 184, 112, spo2=95)
    with day.clock("09:42"):
        run.pause(infusion_id=running.pk, observed_at=clock.now(), by=day.nurse)
    day.vitals(running, "09:47", 186, 111, spo2=94)
    with day.clock("09:47"):
        run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=day.nurse, reason="186/111")
        run.waste_rest(infusion_id=running.pk, witness=day.other_nurse, by=day.nurse)
        adverse.report(
            patient=day.patient, infusion=running, kind="event", term="hypertension", grade=2,
            observed_at=day.at("09:42"), by=day.nurse, action="Pump paused, then stopped",
        )  # fmt: skip
    running.refresh_from_db()
    return running


@pytest.fixture
def home(recovering, day):
    with day.clock("10:55"):
        run.discharge(infusion_id=recovering.pk, observed_at=clock.now(), by=day.nurse, **WELL)
    recovering.refresh_from_db()
    return recovering


def test_the_figures_follow_from_the_rows(stopped):
    told = figures(stopped)
    assert told["Highest pressure"] == f"186/111, 09:47 ({'recovery'})"
    assert told["Lowest SpO2"] == f"94{NBSP}%, 09:47 (recovery)"
    assert told["Given"] == f"30{NBSP}mg, 37.5{NBSP}mL of the bag"
    assert told["Infused"] == f"30{NBSP}min"
    assert told["Paused"] == f"5{NBSP}min"
    assert told["Ended"] == "09:47, stopped early: 186/111"
    assert told["Wasted"] == f"10{NBSP}mg at 09:47, seen by {stopped.checked_by.signs_as}"
    assert "High blood pressure, grade 2" in told[f"09:42 (30{NBSP}min)"]
    assert "Not accounted for" not in told


def test_what_was_taken_before_stands_in_the_note(ready, day):
    supper = day.at("00:30") - timedelta(hours=6)
    day.arrival(
        ready, "08:56", substances_clear=False, opioid_at=day.at("02:30"), benzodiazepine_mg_day=5,
        last_solids_at=supper,
    )  # fmt: skip
    told = figures(ready)
    assert told["Last solid food"] == "Monday, February 1, 18:30"
    assert told["Last clear drink"] == "Tuesday, February 2, 06:00"
    assert told["Last opioid"] == "Tuesday, February 2, 02:30"
    assert told["Benzodiazepine a day"] == f"5{NBSP}mg as diazepam"
    assert "Last alcohol" not in told


def test_sets_that_nobody_took_stay_in_the_note(running, day):
    day.vitals(running, "09:22")
    with day.clock("09:51"):
        assert figures(running)["Sets missed"] == "2"


def test_the_way_home_stands_in_the_note(home):
    told = figures(home)
    assert told["Recovery"] == f"63{NBSP}min"
    assert told["Modified Aldrete"] == "10 of 10"
    assert told["Left"] == "10:55 with Luis Torres, brother; the adult named here drives"
    assert told["No driving, alcohol or cannabis"] == "until Wednesday, February 3, 10:55; driving after sleep as well"


def test_a_note_is_not_signed_over_a_crossed_line_that_nobody_answered(home, day, nurse):
    with day.clock("11:00"):
        row = run.record_vitals(
            infusion_id=home.pk, observed_at=day.at("10:20"), by=nurse, systolic=190, diastolic=99
        ).row
        with pytest.raises(Refused, match="At 10:20 a line was crossed: 190/99"):
            notes.sign(infusion_id=home.pk, by=nurse)
        day.answers(row, "11:01")
        assert notes.sign(infusion_id=home.pk, by=nurse).signed_at


def test_a_note_is_not_signed_before_the_patient_has_left(recovering, nurse):
    with pytest.raises(Refused, match="once the patient has left"):
        notes.sign(infusion_id=recovering.pk, by=nurse)


def test_the_figures_are_frozen_with_the_signature_and_later_rows_are_marked(home, day, nurse):
    with day.clock("11:00"):
        note = notes.sign(infusion_id=home.pk, by=nurse, text="Calm, tearful at the end.")
    signed = record.from_json(note.figures)
    assert signed == record.Account(home).sections()
    with day.clock("11:20"):
        run.record_vitals(infusion_id=home.pk, observed_at=day.at("10:20"), by=nurse, systolic=190, diastolic=99)
    account = record.Account(home)
    assert account.sections() != signed
    [late] = account.late_rows(note.signed_at)
    assert (late.words, late.who) == ("Vitals 190/99", "Adaeze Okafor")


def test_a_signed_note_is_locked_by_the_database(home, day, nurse):
    with day.clock("11:00"):
        notes.sign(infusion_id=home.pk, by=nurse, text="Calm.")
        with pytest.raises(Refused, match="Add to it instead"):
            notes.write(infusion_id=home.pk, text="Else", by=nurse)
    with pytest.raises(DatabaseError, match="infusion_note_signed"), transaction.atomic():
        InfusionNote.objects.update(text="Else")


def test_an_addendum_comes_after_the_signature_and_stays(home, day, nurse, provider):
    with pytest.raises(Refused, match="not signed yet"):
        notes.add(infusion_id=home.pk, text="Slept well", by=nurse)
    with day.clock("11:00"):
        notes.sign(infusion_id=home.pk, by=nurse)
        with pytest.raises(Invalid):
            notes.add(infusion_id=home.pk, text=" ", by=provider)
        added = notes.add(infusion_id=home.pk, text="Slept well", by=provider)
    with pytest.raises(DatabaseError, match="note_addendum_append_only"), transaction.atomic():
        type(added).objects.update(text="Else")


def test_two_people_who_write_at_once_do_not_overwrite_each_other(home, nurse, other_nurse):
    first = notes.write(infusion_id=home.pk, text="Calm", by=nurse)
    notes.write(infusion_id=home.pk, text="Calm, then tearful", by=other_nurse, version=first.version)
    with pytest.raises(Refused, match="Somebody wrote"):
        notes.write(infusion_id=home.pk, text="Mine", by=nurse, version=first.version)
    assert InfusionNote.objects.get().text == "Calm, then tearful"


def test_a_therapist_reads_the_note_and_signs_nothing(home, therapist):
    with pytest.raises(NotPermitted):
        notes.sign(infusion_id=home.pk, by=therapist)


def test_the_page_signs_adds_and_prints(client, home, day, nurse):
    client.force_login(nurse)
    sent = {"patient": str(home.series.patient_id)}

    def post(name, **words):
        return client.post(reverse(f"infusions:{name}", args=[home.pk]), sent | words).status_code

    with day.clock("11:00"):
        assert post("note-write", text="Calm") == 302
        assert post("note-sign", text="Calm and warm", version="1") == 302
        assert post("note-sign", text="Again") == 409
        assert post("note-addendum", text="") == 422
        assert post("note-addendum", text="Called, all is well") == 302
        page = client.get(reverse("infusions:note", args=[home.pk])).content.decode()
        assert "Calm and warm" in page
        assert "Called, all is well" in page
        paper = client.get(reverse("infusions:note-pdf", args=[home.pk]))
    assert paper.content.startswith(b"%PDF")
    assert paper["Cache-Control"] == "private, no-store"
    assert paper["Content-Disposition"] == 'attachment; filename="infusion-record-2027-02-02.pdf"'
