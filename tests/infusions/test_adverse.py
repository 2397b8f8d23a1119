"""Adverse events: what a report must say, who reviews, what the gate asks."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotPermitted, NotReady, Refused
from clinic.ids import uuid7
from infusions import adverse, reviews, run
from infusions.models import AdverseEvent
from reminders.models import FollowUp
from tests import build


@pytest.fixture(autouse=True)
def on_the_day(site):
    with clock.at(build.moment(site, "2027-02-02", "10:00")):
        yield


def report(patient, by, **changes):
    words = {"kind": "event", "term": "hypertension", "grade": 2, "observed_at": clock.now()} | changes
    return adverse.report(patient=patient, by=by, **words)


def test_an_event_of_grade_two_waits_for_a_provider(patient, nurse, provider):
    event = report(patient, nurse, action="Pump stopped")
    assert list(adverse.unreviewed()) == [event]
    task = FollowUp.objects.get(kind=adverse.REVIEW_KIND)
    adverse.review(event_id=event.pk, note="Titrate more slowly", outcome="recovered", by=provider)
    task.refresh_from_db()
    assert (adverse.unreviewed().exists(), task.state) == (False, "done")


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({"grade": 1}, False),
        ({"grade": 1, "serious": "important"}, True),
        ({"kind": "near_miss", "term": "wrong_vial", "grade": None}, False),
        ({"grade": 3}, True),
    ],
)
def test_what_the_next_infusion_waits_for(patient, nurse, changes, waits):
    event = report(patient, nurse, **changes)
    assert adverse.needs_review(event) is waits
    assert adverse.unreviewed().exists() is waits


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"grade": None}, "grade"),
        ({"grade": 6}, "grade"),
        ({"term": "bored"}, "term"),
        ({"term": "other"}, "detail"),
        ({"grade": 4}, "serious"),
        ({"kind": "maybe"}, "kind"),
        ({"outcome": "fine"}, "outcome"),
        ({"causality": "no idea"}, "causality"),
    ],
)
def test_a_report_that_can_not_be_is_a_sentence_beside_its_field(patient, nurse, changes, field):
    with pytest.raises(Invalid) as refusal:
        report(patient, nurse, **changes)
    assert field in refusal.value.fields
    assert not AdverseEvent.objects.exists()


def test_the_minute_of_the_infusion_follows_from_the_times(running, nurse, day):
    with day.clock("09:45"):
        event = report(running.series.patient, nurse, infusion=running, observed_at=day.at("09:42"))
    assert event.minute == 30


def test_a_report_sent_twice_is_one(patient, nurse):
    key = uuid7()
    assert report(patient, nurse, client_key=key) == report(patient, nurse, client_key=key)


def test_an_infusion_of_another_patient_is_refused(running, site, nurse):
    with pytest.raises(Invalid, match="another patient"):
        report(build.patient(site, given_name="Ada"), nurse, infusion=running)


def test_front_desk_reports_nothing_and_a_nurse_reviews_nothing(patient, front_desk, nurse):
    with pytest.raises(NotPermitted):
        report(patient, front_desk)
    event = report(patient, nurse)
    with pytest.raises(NotPermitted):
        adverse.review(event_id=event.pk, note="Fine", outcome="recovered", by=nurse)


def test_a_review_is_signed_once_and_then_locked(patient, nurse, provider):
    event = report(patient, nurse)
    adverse.review(event_id=event.pk, note="Expected", outcome="recovered", by=provider)
    with pytest.raises(Refused, match="already"):
        adverse.review(event_id=event.pk, note="Else", outcome="unknown", by=provider)
    with pytest.raises(DatabaseError, match="adverse_reviewed"), transaction.atomic():
        AdverseEvent.objects.update(review_note="Else")


def test_what_was_reported_is_never_edited_nor_deleted(patient, nurse):
    report(patient, nurse)
    with pytest.raises(DatabaseError, match="adverse_never_edited"), transaction.atomic():
        AdverseEvent.objects.update(grade=1)
    with pytest.raises(DatabaseError, match="adverse_never_deleted"), transaction.atomic():
        AdverseEvent.objects.all().delete()


def test_the_database_takes_no_event_without_a_grade(patient, nurse):
    with pytest.raises(IntegrityError, match="adverse_event_has_grade"), transaction.atomic():
        AdverseEvent.objects.create(
            patient=patient, site=patient.site, term="nausea", observed_at=clock.now(), entered_by=nurse
        )


def test_the_next_infusion_waits_until_the_event_is_reviewed(ready, day, nurse, provider):
    with day.clock("08:55"):
        event = report(day.patient, nurse, term="fall")
        with pytest.raises(NotReady, match="waits for a provider’s review"):
            run.clear(infusion_id=ready.pk, by=nurse)
        adverse.review(event_id=event.pk, note="No injury", outcome="recovered", by=provider)
        assert run.clear(infusion_id=ready.pk, by=nurse).state == "cleared"


def test_an_event_of_this_infusion_does_not_stop_its_own_gate(running, day, nurse):
    with day.clock("09:30"):
        report(day.patient, nurse, infusion=running)
        assert reviews.missing([running], {day.site.pk: settings_versions.current(day.site)}) == {running.pk: ""}


# The pages


def test_the_list_costs_the_same_queries_with_one_and_three(client, provider, site, nurse):
    client.force_login(provider)
    client.get(reverse("infusions:adverse-events"))
    asked = []
    for number in range(3):
        report(build.patient(site, given_name=f"Ada{number}"), nurse)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("infusions:adverse-events"))
        assert len(page.context["page_obj"]) == number + 1
        asked.append(len(queries))
    assert asked[0] == asked[2]


def test_the_list_is_filtered_by_state_kind_and_grade(client, provider, patient, nurse):
    mild = report(patient, nurse, grade=1)
    grave = report(patient, nurse, grade=4, serious="life")
    near = report(patient, nurse, kind="near_miss", term="wrong_vial", grade=None)
    adverse.review(event_id=mild.pk, note="Expected", outcome="recovered", by=provider)
    client.force_login(provider)

    def shown(**query):
        return set(client.get(reverse("infusions:adverse-events"), query).context["page_obj"])

    assert shown() == {grave, near}
    assert shown(show="all") == {mild, grave, near}
    assert shown(show="serious") == {grave}
    assert shown(kind="near_miss") == {near}
    assert shown(show="all", grade="1") == {mild}


def test_a_nurse_reports_from_the_chair_and_a_provider_signs(client, nurse, provider, running, day):
    page = reverse("infusions:adverse-report", args=[running.pk])
    client.force_login(nurse)
    typed = {
        "kind": "event", "term": "nausea", "at": "09:40", "grade": "2", "causality": "probable",
        "outcome": "recovering", "patient": str(running.series.patient_id),
    }  # fmt: skip
    assert client.post(page, typed | {"grade": ""}).status_code == 422
    assert client.post(page, typed).status_code == 302
    event = AdverseEvent.objects.get()
    assert (event.grade, event.minute, event.entered_by) == (2, 28, nurse)
    client.force_login(provider)
    judged = {"note": "Ondansetron before the next one", "outcome": "recovered"}
    assert client.post(reverse("infusions:adverse-review", args=[event.pk]), judged).status_code == 302
    event.refresh_from_db()
    assert event.reviewed_by == provider
