"""The summary for the referring clinician: its facts, the signature, the paper, and who may have it."""

from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import ReadEvent
from infusions.models import AdverseEvent, BoosterPlan, Series
from journey.models import Summary
from journey.outcomes import letter, summaries
from patients import goals
from patients.models import Patient
from tests import build
from tests.infusions import making
from tests.journey import paper_text
from therapy import headings, notes
from therapy.models import TherapySession

WORDS = {
    "recipient": "Dr Sam Okoro",
    "reason": "Major depression, two failed trials.",
    "plan": "Boosters every 4 weeks.",
}
SCORES = (21, 18, 15, 11, 9, 7)


@pytest.fixture
def treated(patient, provider, nurse, other_nurse):
    """J0: six infusions, the fifth and sixth at another dose, response without remission."""
    making.evaluation(patient, provider, diagnosis="Major depressive disorder", diagnosis_code="F33.2")
    series = making.loading(patient, provider)
    order, vial = making.order(series, provider), making.vial(patient.site, nurse)
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.phq9(patient, SCORES[number - 1], day)
        mg = "40" if number < 5 else "57.5"
        infusion = making.infusion(series, number, day)
        making.give(infusion, order, vial, nurse=nurse, checker=other_nurse, given_mg=mg)
    making.phq9(patient, 7, "2027-02-23", timepoint="post_series")
    with clock.at(build.moment(patient.site, "2027-02-24")):
        Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())
        BoosterPlan.objects.create(series=series, intervals_days=[14, 21, 28], signed_by=provider)
        goal = goals.add_goal(patient_id=patient.pk, words="To walk to the lake", by=nurse)
        goals.rate(goal_id=goal.pk, value=2, by=nurse)
        yield series


def facts(patient):
    return {label: value.replace("\u00a0", " ") for part in letter.read(patient).parts for label, value in part.rows}


def event(patient, by, term, **more):
    AdverseEvent.objects.create(
        patient=patient, site=patient.site, term=term, observed_at=clock.now(), entered_by=by, **more
    )


def test_it_says_the_course_and_the_response_in_exact_numbers(treated, patient):
    found = facts(patient)
    assert found["Diagnosis"] == "Major depressive disorder (F33.2)"
    assert found["Loading series"] == "6 of 6 infusions, 2 Feb 2027 to 19 Feb 2027, 40 to 57.5 mg"
    assert found["PHQ-9"] == "21 (19 Jan 2027) to 7 (23 Feb 2027): 66.7 % lower, response"
    assert found["PHQ-9, latest"] == "7, mild, 23 Feb 2027, first 21"
    assert found["“To walk to the lake”"] == "2 of 10"
    assert found["Recorded"] == "none"
    assert (
        letter.read(patient).plan == "Boosters after 14, 21, 28 days; the last interval repeats. Next due 5 Mar 2027."
    )


def test_boosters_as_needed_have_no_days_to_tell(treated, patient, provider):
    first = BoosterPlan.objects.get(series=treated)
    BoosterPlan.objects.create(series=treated, template="prn", signed_by=provider, supersedes=first)
    assert letter.read(patient).plan == "Boosters as needed."


def test_adverse_events_are_counted_by_kind_and_near_misses_are_not(treated, patient, nurse):
    for term, grade, kind in (("nausea", 1, "event"), ("nausea", 2, "event"), ("wrong_vial", None, "near_miss")):
        event(patient, nurse, term, grade=grade, kind=kind)
    found = facts(patient)
    assert (found["Nausea"], found["Serious"]) == ("2 ×, at most grade 2", "none")
    assert "Wrong vial or strength" not in found


def test_of_a_patient_of_whom_nothing_is_known_it_says_so(patient):
    assert facts(patient) == {"Evaluation": "none signed yet", "Recorded": "none"}


def test_signed_it_is_one_page_with_the_name_and_its_own_print(treated, patient, provider):
    signed = summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    text = paper_text.words(bytes(signed.pdf))
    assert paper_text.pages(bytes(signed.pdf)) == 1
    for words in ("Maya Torres", "For Dr Sam Okoro.", "two failed trials", "40 to 57.5", "Boosters every 4 weeks."):
        assert words in text
    assert f"{provider.signs_as}, signed 2027-02-24 09:00" in text
    assert signed.pdf_sha256 == sha256(bytes(signed.pdf)).hexdigest()


def test_it_stays_one_page_with_as_much_as_can_stand_in_it(treated, patient, provider, nurse):
    for place, term in enumerate(AdverseEvent.Term.values[:12]):
        event(patient, nurse, term, grade=1 + place % 3)
    for number in range(5):
        goal = goals.add_goal(patient_id=patient.pk, words=f"{number} " + "Wieder ans Meer " * 18, by=nurse)
        goals.rate(goal_id=goal.pk, value=number, by=nurse)
    full = {"recipient": "R" * 160, "reason": "Warum " * 66, "plan": "Danach " * 85}
    signed = summaries.sign(patient_id=patient.pk, by=provider, **full)
    assert paper_text.pages(bytes(signed.pdf)) == 1
    assert paper_text.lowest(bytes(signed.pdf)) > 30


@pytest.mark.parametrize("name", ["Zoë", "Łukasz", "Нина", "美和"])
def test_every_name_is_printed_as_it_is_written(treated, patient, provider, name):
    Patient.objects.filter(pk=patient.pk).update(given_name=name)
    signed = summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    assert name in paper_text.words(bytes(signed.pdf))


@pytest.mark.parametrize("field", ["recipient", "reason", "plan"])
def test_each_field_is_asked_for(patient, provider, field):
    with pytest.raises(Invalid) as error:
        summaries.sign(patient_id=patient.pk, by=provider, **WORDS | {field: " "})
    assert set(error.value.fields) == {field}
    assert not Summary.objects.exists()


def test_only_a_provider_of_the_site_signs(patient, nurse, stranger):
    with pytest.raises(NotPermitted):
        summaries.sign(patient_id=patient.pk, by=nurse, **WORDS)
    with pytest.raises(NotFound):
        summaries.sign(patient_id=patient.pk, by=stranger, **WORDS)


def test_what_is_signed_can_not_be_changed(patient, provider):
    signed = summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    with pytest.raises(DatabaseError), transaction.atomic():
        Summary.objects.filter(pk=signed.pk).update(plan="Nothing")


def test_the_page_signs_and_the_paper_is_a_file_and_both_are_read_events(client, treated, patient, provider, nurse):
    client.force_login(provider)
    page = reverse("journey:summary", args=[patient.pk])
    assert "Boosters after 14, 21, 28 days" in client.get(page).content.decode()
    assert client.post(reverse("journey:summary-sign", args=[patient.pk]), WORDS | {"plan": ""}).status_code == 422
    assert client.post(reverse("journey:summary-sign", args=[patient.pk]), WORDS).status_code == 302
    client.force_login(nurse)
    answer = client.get(reverse("journey:summary-pdf", args=[Summary.objects.get().pk]))
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'attachment; filename="summary-2027-02-24.pdf"'
    assert ReadEvent.objects.filter(user=nurse, what="summary, PDF", patient_id=patient.pk).count() == 1
    assert ReadEvent.objects.filter(user=provider, what="summary").count() == 3


def test_the_paper_of_another_site_is_not_found(client, patient, provider, stranger):
    signed = summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    client.force_login(stranger)
    assert client.get(reverse("journey:summary-pdf", args=[signed.pk])).status_code == 404


def test_no_word_of_a_therapist_is_in_it(treated, patient, provider, therapist):
    session = TherapySession.objects.create(
        patient=patient, series=treated, kind="integration", therapist=therapist, state="held"
    )
    words = {part.key: "Quassiacide" for part in headings.PROGRESS["integration"]}
    notes.write(session_id=session.pk, kind="progress", sections=words, by=therapist)
    signed = summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    assert "Quassiacide" not in paper_text.words(bytes(signed.pdf))
    assert "Quassiacide" not in str(facts(patient))
