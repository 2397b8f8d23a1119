"""The intention card in its versions, and what the nurse saw on its way back to the therapist (DESIGN 2; Seed A)."""

from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.errors import Invalid, NotFound, NotPermitted
from infusions import flowsheets
from infusions.models import AdverseEvent, Infusion, RunEvent, Series, VitalSigns
from tests import build
from tests.infusions import making
from therapy import cards, observations
from therapy.chair_card import intention
from therapy.models import IntentionCard


@pytest.fixture
def three(series, site, nurse, other_nurse, provider):
    """Infusions 1 to 3; the first is given."""
    booked = [making.infusion(series, number, day) for number, day in enumerate(making.J0_DAYS[:3], 1)]
    order = making.order(series, provider)
    return [making.give(booked[0], order, making.vial(site, nurse), nurse=nurse, checker=other_nurse), *booked[1:]]


def shared(session, therapist, words, **how):
    return cards.share_intentions(session_id=session.pk, words=words, by=therapist, **how)


def test_a_card_counts_from_its_infusion_on_and_the_last_word_wins(session, therapist, three):
    shared(session, therapist, "Put one thing down")
    later = shared(session, therapist, "The lake", from_number=3, touch="Hand on shoulder if she asks")
    assert [cards.for_infusions(three).get(one.pk, later).words for one in three[1:]] == [
        "Put one thing down",
        "The lake",
    ]
    shared(session, therapist, "The lake", touch="No touch", from_number=2)  # taken back: also for the third
    assert {card.touch for card in cards.for_infusions(three[1:]).values()} == {"No touch"}


def test_a_card_is_for_an_infusion_to_come_and_is_never_rewritten(session, therapist, three):
    with pytest.raises(Invalid, match="still to come"):
        shared(session, therapist, "Calm", from_number=1)
    card = shared(session, therapist, "Calm")
    assert card.from_number == 2
    with pytest.raises(InternalError), transaction.atomic():
        IntentionCard.objects.filter(pk=card.pk).update(words="Other")


def test_a_booster_shows_the_last_card_of_its_series(session, therapist, patient, provider, nurse):
    shared(session, therapist, "The lake")
    boosters = Series.objects.create(
        patient=patient, site=patient.site, kind="maintenance", follows=session.series, opened_by=provider
    )
    panel = intention(making.infusion(boosters, 1, "2027-03-05"), nurse)
    assert panel
    assert panel.context["card"].words == "The lake"


@pytest.mark.parametrize(
    ("who", "error"), [("other_therapist", NotPermitted), ("nurse", NotPermitted), ("stranger", NotFound)]
)
def test_only_the_therapist_of_the_session_shares_a_card(request, session, who, error):
    with pytest.raises(error):
        shared(session, request.getfixturevalue(who), "Calm")


def test_the_card_is_on_the_paper_of_the_day(session, therapist, three, site):
    shared(session, therapist, "To feel\nless braced", music="Slow piano")
    [sheet] = flowsheets.sheets_of(site, site.local(three[1].appointment.starts_at).date())
    assert sheet.words == ["“To feel less braced” · Slow piano"]


def test_what_the_nurse_saw_comes_back_with_her_words_for_the_therapist_first(session, therapist, three, nurse):
    run = three[0]

    def event(minute, kind, text, **more):
        at = run.started_at + timedelta(minutes=minute)
        return RunEvent.objects.create(infusion=run, observed_at=at, kind=kind, text=text, entered_by=nurse, **more)

    event(5, "note", "Quiet tears from minute 5")
    event(50, "said", "It was like setting down shopping.")
    event(55, "therapist", "She would like to speak of her sister")
    event(20, "limit", "rechecked, settled")
    event(9, "iv_in", "left forearm")
    for minute, distress in ((10, 2), (20, 6)):
        at = run.started_at + timedelta(minutes=minute)
        VitalSigns.objects.create(infusion=run, observed_at=at, distress=distress, entered_by=nurse)
    AdverseEvent.objects.create(
        patient=session.patient, site=session.patient.site, infusion=run, term="nausea", grade=1,
        observed_at=run.started_at + timedelta(minutes=30), entered_by=nurse,
    )  # fmt: skip
    told = observations.newest([session.patient_id])[session.patient_id]
    assert (told.title, [(line.words, line.when) for line in told.lines]) == (
        "What the nurse saw, infusion 1",
        [
            ("She would like to speak of her sister", "10:07"),
            ("“It was like setting down shopping.”", "10:02"),
            ("Quiet tears from minute 5", "minute 5"),
            ("A limit was crossed: rechecked, settled", "minute 20"),
            ("Distress at most 6 of 10", "minute 20"),
            ("Adverse event: Nausea, grade 1", "minute 30"),
        ],
    )
    assert observations.panel(session, therapist) is None  # the session comes before the first infusion


@pytest.mark.parametrize("people", [1, 3])
def test_what_was_seen_costs_the_same_for_one_and_for_three(site, provider, nurse, other_nurse, people):
    vial = making.vial(site, nurse)
    ids = []
    for _ in range(people):
        series = making.loading(build.patient(site), provider)
        run = making.infusion(series, 1, "2027-01-26")
        making.give(run, making.order(series, provider), vial, nurse=nurse, checker=other_nurse)
        ids.append(series.patient_id)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(observations.newest(ids)) == people
    assert len(queries) == 7
    assert Infusion.objects.count() == people
