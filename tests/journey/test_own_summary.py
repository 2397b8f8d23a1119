"""Looking back after a series: what a provider signed is released, nothing before."""

import pytest

from clinic import clock
from infusions import series as verbs
from infusions.models import Series
from journey import summary_tasks
from journey.models import Summary
from journey.outcomes import summaries
from patients import links
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from tests.patients.linking import open_door, token_of

WORDS = {"recipient": "Dr Sam Okoro", "reason": "Two failed trials.", "plan": "Boosters every 4 weeks."}


@pytest.fixture
def treated(patient, provider, nurse, other_nurse):
    """The first of six infusions was given on 2 February; it is the 24th."""
    series = making.loading(patient, provider)
    infusion = making.infusion(series, 1, "2027-02-02")
    vial = making.vial(patient.site, nurse)
    making.give(infusion, making.order(series, provider), vial, nurse=nurse, checker=other_nurse)
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    with clock.at(build.moment(patient.site, "2027-02-24", "10:00")):
        yield series


def test_the_curve_opens_by_the_patients_link_once_a_provider_has_signed(client, treated, patient, provider):
    path = links.make(patient_id=patient.pk, purpose="visits", by=None)
    home = open_door(client, path, patient)
    assert "Looking back" not in home.content.decode()
    pages = [f"/p/{token_of(path)}/{page}/" for page in ("curve", "summary")]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    signed = summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    assert "Looking back" in client.get(f"/p/{token_of(path)}/visits/").content.decode()
    curve, paper = (client.get(page) for page in pages)
    assert (curve.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert paper.content == bytes(Summary.objects.get(pk=signed.pk).pdf)
    assert Message.objects.get(kind="series_summary").subject_id == signed.pk


def test_at_the_end_of_a_series_a_provider_is_asked_for_the_summary_until_it_is_signed(treated, patient, provider):
    for _ in range(2):
        summary_tasks.ask(treated, provider)
    task = FollowUp.objects.get(kind="summary_due")
    assert (task.owner_role, task.link, task.state) == ("provider", f"/chart/{patient.pk}/summary/", "open")
    summaries.sign(patient_id=patient.pk, by=provider, **WORDS)
    task.refresh_from_db()
    assert task.state == "done"


def test_the_last_discharge_of_a_series_asks_for_it(treated, patient, nurse, other_nurse):
    given = treated.infusions.get()
    Series.objects.filter(pk=treated.pk).update(state="active")
    for number, day in enumerate(making.J0_DAYS[1:], start=2):
        infusion = making.infusion(treated, number, day)
        making.give(infusion, given.order, given.vial, nurse=nurse, checker=other_nurse)
    assert verbs.complete_when_done(series_id=treated.pk, by=nurse)
    assert FollowUp.objects.filter(kind="summary_due", patient=patient).count() == 1
