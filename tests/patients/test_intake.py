"""The intake: kept page by page, finished when it is whole, then rows of the record that somebody confirms."""

import pytest

from clinic.errors import NotFound, NotPermitted, NotReady, Refused
from patients import history, intake, links
from patients.intake_steps import BY_KEY, STEPS, Page, typed
from patients.models import Allergy, Condition, Contact, Goal, Intake, IntakeRow, Medication, TreatmentTrial
from tests import build
from tests.patients.answering import WHOLE, answer, begun, sign, whole

PAGES = list(WHOLE)


@pytest.fixture
def link(patient, front_desk):
    return begun(patient, front_desk)


# Pages, without a database


@pytest.mark.parametrize("key", PAGES)
def test_a_page_that_is_answered_is_whole_and_a_blank_one_is_not(key):
    assert Page(BY_KEY[key], WHOLE[key]).is_whole()
    assert not Page(BY_KEY[key], None).is_whole()
    assert not Page(BY_KEY[key], {}).is_whole()


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("about", {"about-none": ["on"]}),
        ("medicines", {"medicine-none": ["on"], "allergy-none": ["on"]}),
        ("treatments", {"treatment-none": ["on"]}),
        ("goals", {"goal-goal": ["Sleep"], "escort-none": ["on"]}),
    ],
)
def test_that_there_is_nothing_is_an_answer(key, answers):
    assert Page(BY_KEY[key], answers).is_whole()


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("about", {"about-none": ["on"]}),
        ("about", {"about-health": []}),
        ("about", {"about-other": ["x" * 256]}),
        ("medicines", {"medicine-none": ["on"]}),
        ("medicines", {"medicine-0-display": [""]}),
        ("medicines", {"allergy-0-display": [""], "allergy-0-reaction": [""]}),
        ("treatments", {"treatment-0-weeks": [""]}),
        ("treatments", {"treatment-0-weeks": ["a long time"]}),
        ("treatments", {"treatment-0-weeks": ["1041"]}),
        ("treatments", {"treatment-0-outcome": [""]}),
        ("goals", {"goal-goal": [" "]}),
        ("goals", {"escort-name": [""]}),
        ("goals", {"escort-phone": ["555"]}),
        ("goals", {"escort-phone": [""]}),
        ("goals", {"escort-none": ["on"]}),
    ],
)
def test_each_thing_that_is_missing_or_wrong_keeps_a_page_open(key, changed):
    assert not Page(BY_KEY[key], WHOLE[key] | changed).is_whole()


def test_what_a_page_did_not_ask_is_not_kept():
    from django.http import QueryDict

    sent = QueryDict(mutable=True)
    for name, values in (WHOLE["medicines"] | {"patient": ["1"], "medicine-99-display": ["x"]}).items():
        sent.setlist(name, values)
    sent["medicine-0-dose"] = "y" * 9000
    kept = typed(BY_KEY["medicines"], sent)
    assert set(kept) <= set(WHOLE["medicines"])
    assert len(kept["medicine-0-dose"][0]) == 2000


# Saving


def test_each_page_is_kept_by_itself_and_found_again_by_a_new_link(patient, front_desk, link):
    answer(link, "about", "goals")
    again = begun(patient, front_desk)
    assert again.pk != link.pk
    states = {state.step.key: state.word for state in intake.states(intake.of_link(again))}
    assert states == {
        "about": "Complete", "medicines": "Not begun", "treatments": "Not begun",
        "goals": "Complete", "cards": "Not begun", "consents": "Not begun",
    }  # fmt: skip
    page, version = intake.page(intake.of_link(again), "goals")
    assert (version, page.answers) == (1, WHOLE["goals"])


def test_an_unfinished_page_is_kept_as_it_was_typed(link):
    half = {"escort-phone": ["555"], "goal-goal": ["Dormir"]}
    assert not intake.save(link=link, key="goals", answers=half, version=0).is_complete
    page, _ = intake.page(intake.of_link(link), "goals")
    assert page.answers == half


def test_a_newer_save_of_another_device_is_not_written_over_unseen(link):
    first = intake.save(link=link, key="about", answers={"about-none": ["on"]}, version=0)
    with pytest.raises(intake.ChangedElsewhere) as stale:
        intake.save(link=link, key="about", answers=WHOLE["about"], version=0)
    assert stale.value.step.answers == {"about-none": ["on"]}
    assert intake.save(link=link, key="about", answers=WHOLE["about"], version=first.version).version == 2


def test_the_same_again_is_no_new_version(link):
    first = intake.save(link=link, key="about", answers=WHOLE["about"], version=0)
    assert intake.save(link=link, key="about", answers=WHOLE["about"], version=0).version == first.version


def test_another_patients_link_does_not_reach_the_answers(patient, site, front_desk, link):
    neighbour = begun(build.patient(site, given_name="Ana"), front_desk)
    neighbour.subject_id = link.subject_id
    neighbour.save()
    with pytest.raises(NotFound):
        intake.save(link=neighbour, key="about", answers={}, version=0)
    with pytest.raises(NotFound):
        intake.of_link(neighbour)


def test_a_link_that_ended_saves_nothing(link, front_desk):
    links.revoke(link_id=link.pk, by=front_desk)
    with pytest.raises(NotFound):
        intake.save(link=link, key="about", answers={}, version=0)


# Finishing


@pytest.mark.parametrize("missing", [step.key for step in STEPS])
def test_what_is_missing_is_named_and_nothing_is_sent(patient, front_desk, missing, link):
    from patients import cards
    from tests.patients.test_photos import picture

    answer(link, *(key for key in PAGES if key != missing))
    if missing != "cards":
        cards.keep(patient_id=patient.pk, side="front", upload=picture(size=(400, 300)), by=None, link=link)
    if missing != "consents":
        sign(patient)
    with pytest.raises(NotReady) as refused:
        intake.finish(link=link)
    assert refused.value.unmet == (missing,)
    assert not IntakeRow.objects.exists()


def test_the_answers_become_rows_of_the_record_told_by_the_patient(patient, front_desk):
    intake.finish(link=whole(patient, front_desk))
    assert {(row.display, row.source) for row in Condition.objects.filter(patient=patient)} == {
        (name, "patient") for name in ("Hypertension", "Glaucoma", "Migraine", "Asthma as a child")
    }
    medicine = Medication.objects.get(patient=patient)
    assert (medicine.display, medicine.dose, medicine.source) == ("Sertraline", "100 mg every morning", "patient")
    assert Allergy.objects.get(patient=patient).reaction == "Rash"
    trials = TreatmentTrial.objects.filter(patient=patient).values_list(
        "treatment", "dose", "weeks_at_adequate_dose", "outcome", "this_episode"
    )
    assert set(trials) == {("Fluoxetine", "40 mg", 10, "under_25", True), ("CBT", "", 0, "none", False)}
    assert Goal.objects.get(patient=patient).words == "Walk the dog again"
    assert Contact.objects.get(patient=patient).phone == "+15550137742"
    assert len(intake.unconfirmed(patient)) == 8


def test_sent_twice_it_is_there_once(patient, front_desk):
    link = whole(patient, front_desk)
    first = intake.finish(link=link)
    assert intake.finish(link=link).sent_at == first.sent_at
    assert (IntakeRow.objects.count(), Medication.objects.count(), TreatmentTrial.objects.count()) == (10, 1, 2)
    with pytest.raises(Refused, match="sent already"):
        intake.save(link=link, key="about", answers={}, version=1)


def test_a_press_that_waited_for_another_finds_it_sent(patient, front_desk, monkeypatch):
    link = whole(patient, front_desk)
    read_before = intake.of_link(link)
    first = intake.finish(link=link)
    monkeypatch.setattr(intake, "of_link", lambda _link: read_before)
    assert intake.finish(link=link).sent_at == first.sent_at


def test_what_was_marked_as_an_error_and_is_told_again_is_asked_about(patient, front_desk, nurse):
    row = history.add_allergy(patient_id=patient.pk, display="Penicillin", by=nurse)
    history.mark_in_error(record=row, reason="Of another patient", by=nurse)
    intake.finish(link=whole(patient, front_desk))
    assert Allergy.objects.get() == row
    assert row.pk in intake.unconfirmed(patient)


def test_what_stands_in_the_record_already_is_not_doubled(patient, front_desk, nurse):
    history.add_medication(patient_id=patient.pk, display="Sertraline", by=nurse)
    intake.finish(link=whole(patient, front_desk))
    assert [row.source for row in Medication.objects.filter(patient=patient)] == ["staff"]


def test_who_listens_is_told_once(patient, front_desk, monkeypatch):
    heard = []
    monkeypatch.setattr(intake, "after_finish", [heard.append])
    link = whole(patient, front_desk)
    for _ in range(2):
        intake.finish(link=link)
    assert heard == [Intake.objects.get()]


# Confirming


def test_a_nurse_confirms_a_row_and_the_desk_does_not(patient, front_desk, nurse, stranger):
    intake.finish(link=whole(patient, front_desk))
    medicine = Medication.objects.get()
    row_id = intake.unconfirmed(patient)[medicine.pk]
    with pytest.raises(NotPermitted):
        intake.confirm(row_id=row_id, by=front_desk)
    with pytest.raises(NotFound):
        intake.confirm(row_id=row_id, by=stranger)
    first = intake.confirm(row_id=row_id, by=nurse)
    assert intake.confirm(row_id=row_id, by=nurse).confirmed_at == first.confirmed_at
    assert medicine.pk not in intake.unconfirmed(patient)


def test_only_who_may_send_links_begins_one(patient, insurance_admin, stranger):
    with pytest.raises(NotPermitted):
        intake.invite(patient_id=patient.pk, by=insurance_admin)
    with pytest.raises(NotFound):
        intake.invite(patient_id=patient.pk, by=stranger)


def test_history_is_written_by_a_link_of_that_patient_alone(patient, site, front_desk):
    neighbour = begun(build.patient(site, given_name="Ana"), front_desk)
    for link in (None, neighbour):
        with pytest.raises(NotFound):
            history.add_allergy(patient_id=patient.pk, display="Latex", by=None, link=link)
