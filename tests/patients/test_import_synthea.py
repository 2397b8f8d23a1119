"""The Synthea folder: all of it, twice, and its faults one by one."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clinic.models import Site
from insurance.models import Coverage, Payer, SelfPay
from patients.imports.rows import BadFile
from patients.models import Allergy, Condition, ImportJob, ImportRow, Medication, Patient
from tests import build
from tests.patients.importing import HEADER, SYNTHEA, ends, synthea

TOGETHER = (Patient, Condition, Medication, Allergy, Payer, Coverage, SelfPay)


def counts() -> list[int]:
    return [model.objects.count() for model in TOGETHER]


def test_the_whole_folder_is_taken_and_a_second_run_changes_nothing(site: Site, capsys: Any) -> None:
    call_command("import_patients", str(SYNTHEA), "--format", "synthea-csv")
    assert "Together: 8642 created, 0 updated, 0 unchanged, 41 skipped, 0 failed." in capsys.readouterr().out
    first = counts()
    assert first[:5] == [88, 2682, 2685, 55, 9]
    assert Coverage.objects.filter(rank=1).count() + SelfPay.objects.count() == 3123
    events = [model.pgh_event_model.objects.count() for model in TOGETHER]  # type: ignore[attr-defined]
    call_command("import_patients", str(SYNTHEA), "--format", "synthea-csv")
    assert "Together: 0 created, 0 updated, 8642 unchanged, 41 skipped, 0 failed." in capsys.readouterr().out
    assert counts() == first
    assert [model.pgh_event_model.objects.count() for model in TOGETHER] == events  # type: ignore[attr-defined]
    _names_survive()
    _the_dead_and_the_young_are_marked()
    _no_insurance_is_no_coverage()


def _names_survive() -> None:
    names = {f"{one.given_name} {one.family_name}" for one in Patient.objects.all()}
    assert {"Francisco472 González124", "Verónica383 Cantú190", "Cheryl605 O'Conner199"} <= names


def _the_dead_and_the_young_are_marked() -> None:
    assert Patient.objects.filter(deceased_on__isnull=False).count() == 14
    assert Patient.objects.get(given_name="Twila243").deceased_on == date(2022, 10, 24)
    newest = ImportJob.objects.first()
    assert newest is not None
    assert newest.rows.get(what="Joey457 Macejkovic424").why.startswith("Minor, ")
    assert newest.rows.filter(why__startswith="Died ").count() == 14


def _no_insurance_is_no_coverage() -> None:
    assert not Payer.objects.filter(name="NO_INSURANCE").exists()
    assert SelfPay.objects.filter(agreed_at__isnull=True).count() == SelfPay.objects.count() > 0


def test_a_dry_run_writes_nothing_at_all(site: Site, capsys: Any) -> None:
    call_command("import_patients", str(SYNTHEA), "--format", "synthea-csv", "--dry-run")
    assert "Together: 8642 created" in capsys.readouterr().out
    assert counts() == [0] * len(TOGETHER)
    assert (ImportJob.objects.count(), ImportRow.objects.count()) == (0, 0)


def test_a_timestamp_becomes_its_day(site: Site) -> None:
    synthea(
        {
            "patients.csv": HEADER + "a,1984-03-14,,Maya,Torres,F\n",
            "medications.csv": "START,STOP,PATIENT,CODE,DESCRIPTION\n"
            "2025-03-21T23:59:04Z,2025-04-01T00:00:00Z,a,1,Sertraline\n",
        },
        site,
    )
    assert list(Medication.objects.values_list("started", "stopped")) == [(date(2025, 3, 21), date(2025, 4, 1))]


def test_an_end_that_comes_later_is_filled_in_and_what_staff_wrote_stays(site: Site) -> None:
    people = HEADER + "a,1984-03-14,,Maya,Torres,F\n"
    header = "START,STOP,PATIENT,CODE,DESCRIPTION\n"
    synthea({"patients.csv": people, "conditions.csv": header + "2025-01-01,,a,1,Depression\n"}, site)
    Patient.objects.update(city="Portland")
    later = {
        "patients.csv": "Id,BIRTHDATE,DEATHDATE,FIRST,LAST,GENDER,CITY,ZIP\n"
        "a,1984-03-14,2026-05-01,Maya,Torres,F,Salem,97301\n",
        "conditions.csv": header + "2025-01-01,2026-01-01,a,1,Depression\n",
    }
    taken = synthea(later, site)
    assert ends(taken) == {"updated": 2}
    assert "ours was kept: city" in taken[0].why
    patient = Patient.objects.get()
    assert (patient.city, patient.postal_code, patient.deceased_on) == ("Portland", "97301", date(2026, 5, 1))
    assert Condition.objects.get().abatement == date(2026, 1, 1)
    assert ends(synthea(later, site)) == {"unchanged": 2}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",1984-03-14,,Maya,Torres,F", "The Id is empty"),
        ("b,,,Maya,Torres,F", "birth date"),
        ("b,1984-02-30,,Maya,Torres,F", "“1984-02-30” is not a date"),
        ("b,1984,,Maya,Torres,F", "not a whole date"),
        ("b,2999-01-01,,Maya,Torres,F", "has not come yet"),
        ("b,1984-03-14,1980-01-01,Maya,Torres,F", "before the birth date"),
        ("b,1984-03-14,,,Torres,F", "Write the given name"),
        ("b,1984-03-14,,Maya,,F", "Write the family name"),
        (f"b,1984-03-14,,Maya,{'x' * 81},F", "81 characters long; 80 fit"),
        ("b,1984-03-14,,Maya,Torres", "5 cells; the header has 6"),
        ("a,1984-03-14,,Maya,Torres,F", "stands in line 2 already"),
    ],
)
def test_a_bad_row_is_told_and_harms_no_other(site: Site, row: str, why: str) -> None:
    people = HEADER + f"a,1970-01-01,,Ana,Ruiz,F\n{row}\nc,1971-01-01,,Ben,Olsen,M\n"
    taken = synthea({"patients.csv": people}, site)
    assert sorted(Patient.objects.values_list("given_name", flat=True)) == ["Ana", "Ben"]
    failed = [one for one in taken if one.outcome == "failed"]
    assert [one.where.line for one in failed] == [3]
    assert why in failed[0].why


def test_rows_of_a_person_who_was_not_taken_are_told_too(site: Site) -> None:
    taken = synthea(
        {
            "patients.csv": HEADER + "a,,,Maya,Torres,F\n",
            "conditions.csv": "START,STOP,PATIENT,CODE,DESCRIPTION\n2025-01-01,,a,1,Stress\n2025-01-01,,zz,1,Stress\n",
        },
        site,
    )
    assert ends(taken) == {"failed": 1, "skipped": 2}
    assert counts()[:2] == [0, 0]


def test_a_bad_plan_harms_no_other_plan(site: Site) -> None:
    taken = synthea(
        {
            "patients.csv": HEADER + "a,1984-03-14,,Maya,Torres,F\n",
            "payers.csv": "Id,NAME\np1,Humana\np2,NO_INSURANCE\n",
            "payer_transitions.csv": "PATIENT,MEMBERID,START_DATE,END_DATE,PAYER,SECONDARY_PAYER\n"
            "a,m1,2025-01-01T00:00:00Z,2024-01-01T00:00:00Z,p1,\n"
            "a,m1,2026-01-01T00:00:00Z,2026-12-31T00:00:00Z,p9,\n"
            "a,m1,2026-01-01T00:00:00Z,2026-12-31T00:00:00Z,p1,\n"
            "a,,2025-01-01T00:00:00Z,2025-12-31T00:00:00Z,p2,\n",
        },
        site,
    )
    assert [row.why for row in taken if row.outcome == "failed"] == [
        "The payer “p9” is not in payers.csv.",
        "It ends (2024-01-01) before it starts (2025-01-01).",
    ]
    assert (Coverage.objects.count(), SelfPay.objects.get().since) == (1, date(2025, 1, 1))


def test_names_of_sixty_characters_with_every_kind_of_sign_survive(site: Site) -> None:
    name = "Zoë-Ángeles O’Neill d'Ōtaki " + "Ñ" * 32
    assert len(name) == 60
    synthea({"patients.csv": HEADER + f"a,1984-03-14,,Maya7,{name},F\n"}, site)
    assert Patient.objects.get().family_name == name


def test_somebody_who_is_here_already_is_not_made_twice(site: Site) -> None:
    here = build.patient(site, given_name="Zoë", family_name="O'Neill", birth_date=date(1984, 3, 14))
    taken = synthea({"patients.csv": HEADER + "a,1984-03-14,,Zoe,O’Neill,F\n"}, site)
    assert Patient.objects.count() == 1
    assert taken[0].outcome == "skipped"
    assert here.mrn in taken[0].why


def test_somebody_who_sounds_alike_is_taken_and_pointed_out(site: Site) -> None:
    synthea({"patients.csv": HEADER + "a,1984-03-14,,Catherine,Torres,F\n"}, site)
    taken = synthea({"patients.csv": HEADER + "b,1984-03-14,,Kathryn,Torrez,F\n"}, site)
    assert Patient.objects.count() == 2
    assert "Looks like Catherine Torres" in taken[0].why


def test_a_person_of_another_site_is_left_alone(site: Site, other_site: Site) -> None:
    people = {"patients.csv": HEADER + "a,1984-03-14,,Maya,Torres,F\n"}
    synthea(people, other_site)
    assert ends(synthea(people, site)) == {"skipped": 1}
    assert Patient.objects.get().site == other_site


def test_without_patients_the_folder_is_refused(site: Site) -> None:
    with pytest.raises(BadFile, match=r"patients\.csv is missing"):
        synthea({"conditions.csv": "START\n"}, site)


def test_transitions_without_payers_are_refused(site: Site) -> None:
    with pytest.raises(BadFile, match=r"payers\.csv is missing"):
        synthea({"patients.csv": HEADER, "payer_transitions.csv": "PATIENT,START_DATE,END_DATE,PAYER\n"}, site)


def test_the_command_names_the_sites_when_there_are_two(site: Site, other_site: Site) -> None:
    with pytest.raises(CommandError, match="lakeside, pine-street"):
        call_command("import_patients", str(SYNTHEA), "--format", "synthea-csv")


def test_the_command_refuses_what_is_not_there(site: Site) -> None:
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_patients", "nowhere", "--format", "csv")
