"""The integration plan, the journal and those close to the patient: who writes, who reads, and what calls for help."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from infusions.models import Series
from patients import links
from patients.models import PatientLink, SafetyAlert
from reminders import inbound_rules
from reminders.models import FollowUp, Message
from tests import build
from therapy import collateral, integration_plans, journals, plan_links, plan_words
from therapy.integration_plans import Draft, Overtaken, Step
from therapy.models import CollateralNote, IntegrationPlan, JournalEntry, StepTick

TEXTS = {"insights": "I can put things down.", "warning_signs": "Bed until noon\nNo music", "supports": "Luis"}
WALK = Step("Walk to the lake twice", "I carry too much", date(2027, 1, 29), "Luis or the dog")


@pytest.fixture
def series(session):
    return session.series


@pytest.fixture
def drafted(series, therapist):
    return integration_plans.write(series_id=series.pk, draft=Draft(TEXTS, [WALK]), by=therapist)


@pytest.fixture
def given(drafted, therapist):
    return integration_plans.give(plan_id=drafted.pk, by=therapist, version=1).plan


@pytest.fixture
def link(given):
    return PatientLink.objects.get(purpose="plan", subject_id=given.series_id)


def wrote(link, text="Slept well."):
    return journals.write(link=link, text=text, form_key=uuid4())


def said_yes(series, therapist, name="Luis Torres"):
    return collateral.agree(series_id=series.pk, name=name, relation="husband", how="spoken", by=therapist)


def invited(consent, therapist):
    path = collateral.invite(consent_id=consent.pk, by=therapist, send=False)
    return links.find(path.split("/")[2])


def test_a_plan_is_given_whole_and_then_only_its_next_version_is_written(drafted, series, therapist):
    step = drafted.steps.get()
    answer = integration_plans.give(plan_id=drafted.pk, by=therapist, version=1)
    assert answer.path.startswith("/p/")  # this patient agreed to no letters: the address is handed over
    with pytest.raises(IllegalTransition):
        integration_plans.give(plan_id=drafted.pk, by=therapist, version=1)
    with pytest.raises(InternalError), transaction.atomic():
        IntegrationPlan.objects.filter(pk=drafted.pk).update(insights="Other")
    with pytest.raises(InternalError), transaction.atomic():
        drafted.steps.update(action="Other")
    steps = [Step("Walk three times", key=step.key), Step("Ring my sister", key=uuid4())]
    second = integration_plans.write(series_id=series.pk, draft=Draft(TEXTS, steps), by=therapist)
    assert (second.number, second.version) == (2, 1)
    assert [row.key == step.key for row in second.steps.all()] == [True, False]
    assert integration_plans.given(series.pk) == drafted  # the patient reads the old one until the new one is given


def test_two_windows_never_overwrite_a_draft(drafted, series, therapist):
    integration_plans.write(series_id=series.pk, draft=Draft(TEXTS | {"homework": "Rest"}), by=therapist, version=1)
    with pytest.raises(Overtaken):
        integration_plans.write(series_id=series.pk, draft=Draft(TEXTS), by=therapist, version=1)
    with pytest.raises(Overtaken):
        integration_plans.give(plan_id=drafted.pk, by=therapist, version=1)
    assert IntegrationPlan.objects.get().homework == "Rest"


def typed(number=1, version="1", **changes):
    """The form of a plan as a page sends it."""
    rows = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-action": "Walk to the lake twice"}
    return TEXTS | rows | {"number": str(number), "version": version} | changes


@pytest.fixture
def writing(client, therapist, series):
    """Sends the form: as a press, or as the page does by itself."""
    client.force_login(therapist)
    address = reverse("therapy:plan-write", args=[series.pk])
    return lambda sent, **headers: client.post(address, sent, headers=headers)


def test_a_plan_that_is_given_twice_by_one_press_is_given_once(writing, drafted):
    assert [writing(typed(give="1")).status_code for _ in range(2)] == [200, 302]
    assert (IntegrationPlan.objects.count(), PatientLink.objects.filter(purpose="plan").count()) == (1, 1)
    later = writing(typed(homework="Rest"))  # typed in a window that does not know of it
    assert later.status_code == 409
    assert 'name="number" value="2"' in later.content.decode()
    assert IntegrationPlan.objects.count() == 1


def test_what_is_typed_is_kept_by_itself_but_for_a_half_row(writing, drafted):
    half = writing(typed(homework="Rest", **{"steps-1-with_whom": "Luis"}), HX_Request="true")
    assert (half.status_code, "Saved, except a row" in half.content.decode()) == (422, True)
    plan = IntegrationPlan.objects.get()
    assert (plan.homework, plan.version, plan.steps.count(), plan.signed_at) == ("Rest", 2, 1, None)
    overtaken = writing(typed(insights="Other"), HX_Request="true")
    assert overtaken.status_code == 409
    assert all(word in overtaken.content.decode() for word in ("I can put things down.", 'data-keep-mine="2"'))
    again = writing(typed(insights="Other"))  # pressed, and then once more after the difference was shown
    assert (again.status_code, 'name="version" value="2"' in again.content.decode()) == (409, True)
    assert writing(typed(insights="Other", version="2")).status_code == 302


def test_giving_names_all_that_is_missing(series, therapist):
    empty = integration_plans.write(series_id=series.pk, draft=Draft({}), by=therapist)
    with pytest.raises(Invalid) as caught:
        integration_plans.give(plan_id=empty.pk, by=therapist, version=1)
    assert set(caught.value.fields) == {"insights", "warning_signs", ""}


@pytest.mark.parametrize(
    ("who", "error"), [("nurse", NotPermitted), ("provider", NotPermitted), ("stranger", NotFound)]
)
def test_a_plan_is_written_by_a_therapist_of_the_site(request, series, who, error):
    with pytest.raises(error):
        integration_plans.write(series_id=series.pk, draft=Draft(TEXTS), by=request.getfixturevalue(who))


def test_ticks_are_the_patients_and_outlive_a_new_version(given, series, therapist, link):
    step = given.steps.get()
    for done in (True, True, False, True):
        integration_plans.tick(link=link, step_id=step.pk, is_done=done)
    assert StepTick.objects.count() == 3  # the second press is none
    draft = Draft(TEXTS, [Step("Walk three times", key=step.key)])
    plan = integration_plans.write(series_id=series.pk, draft=draft, by=therapist)
    integration_plans.give(plan_id=plan.pk, by=therapist, version=1)
    assert integration_plans.shown(plan).done == 1
    with pytest.raises(NotFound):  # the former link ended with the new one
        integration_plans.tick(link=link, step_id=plan.steps.get().pk, is_done=False)


def test_a_journal_entry_is_kept_once_and_somebody_is_asked_to_read_it(link, therapist, series):
    key = uuid4()
    for _ in range(2):
        kept = journals.write(link=link, text="  Slept\0 well.\r\nمرحبا 🙂 ", form_key=key)
    assert (kept.entry.text, kept.is_urgent) == ("Slept well.\nمرحبا 🙂", False)
    task = FollowUp.objects.get(kind="journal_read")
    assert (task.owner, task.state, SafetyAlert.objects.count()) == (therapist, "open", 0)
    seen = [kept.entry.pk]
    later = wrote(link, "While somebody read")
    assert journals.read(series_id=series.pk, seen=seen, by=therapist) == 1
    task.refresh_from_db()
    assert task.state == "open"
    assert journals.read(series_id=series.pk, seen=[*seen, later.entry.pk], by=therapist) == 1
    task.refresh_from_db()
    assert task.state == "done"
    with pytest.raises(InternalError), transaction.atomic():
        JournalEntry.objects.update(text="Other")


def test_words_of_self_harm_in_a_journal_call_for_somebody_at_once(link):
    kept = wrote(link, "Some nights I want to die.")
    alert = SafetyAlert.objects.get()
    assert kept.is_urgent
    assert (kept.entry.alert, alert.grade) == (alert, "unscreened")


def test_the_alert_tells_its_nurse_that_it_came_from_a_journal_and_not_what_it_says(
    client, link, nurse, therapist, series
):
    wrote(link, "Some nights I want to die.")
    address = reverse("patients:alert", args=[SafetyAlert.objects.get().pk])
    pages = {}
    for who in (nurse, therapist):
        client.force_login(who)
        pages[who] = client.get(address).content.decode()
    assert all("in their journal" in page and "Some nights" not in page for page in pages.values())
    plan = reverse("therapy:plan", args=[series.pk])
    assert [f'href="{plan}"' in pages[who] for who in (nurse, therapist)] == [False, True]


@pytest.mark.parametrize(
    ("who", "error"),
    [("nurse", NotPermitted), ("front_desk", NotPermitted), ("insurance_admin", NotPermitted), ("stranger", NotFound)],
)
def test_a_journal_is_for_therapist_and_provider(request, link, series, provider, who, error):
    seen = [wrote(link).entry.pk]
    with pytest.raises(error):
        journals.read(series_id=series.pk, seen=seen, by=request.getfixturevalue(who))
    assert journals.read(series_id=series.pk, seen=seen, by=provider) == 1


def test_a_nurse_reads_the_plan_and_nothing_of_what_was_written(client, nurse, link, session, series, therapist):
    wrote(link, "A secret of the lake")
    note = invited(said_yes(series, therapist), therapist)
    collateral.write(link=note, text="He laughs again", form_key=uuid4())
    pages, beside = {}, {}
    for who in (nurse, therapist):
        client.force_login(who)
        pages[who] = client.get(reverse("therapy:plan", args=[series.pk])).content.decode()
        beside[who] = client.get(reverse("therapy:session", args=[session.pk])).content.decode()
    assert ["A secret of the lake" in beside[who] for who in (nurse, therapist)] == [False, True]
    secrets = ("A secret of the lake", "He laughs again", "Luis Torres")
    assert [word in pages[nurse] for word in ("put things down", *secrets)] == [True, False, False, False]
    assert all(word in pages[therapist] for word in (*secrets, "A third party’s words", "2 new"))


def test_somebody_close_writes_only_while_the_patient_agrees(series, therapist, given, link):
    consent = said_yes(series, therapist)
    assert said_yes(series, therapist) == consent  # recorded twice is recorded once
    theirs = invited(consent, therapist)
    note = collateral.write(link=theirs, text="She walks again", form_key=uuid4())
    assert (note.consent, FollowUp.objects.filter(kind="collateral_read").count()) == (consent, 1)
    collateral.revoke_own(link=link, consent_id=consent.pk)  # the patient takes it back on their own page
    consent.refresh_from_db()
    theirs.refresh_from_db()
    assert (consent.revoked_by, theirs.ended_by) == (None, "revoked")
    with pytest.raises(NotFound):
        collateral.write(link=theirs, text="More", form_key=uuid4())
    with pytest.raises(Invalid, match="took the consent back"):
        collateral.invite(consent_id=consent.pk, by=therapist, send=False)
    assert CollateralNote.objects.count() == 1


def test_the_task_to_read_does_not_say_who_wrote_and_the_consent_holds_in_the_next_series(series, therapist, provider):
    consent = said_yes(series, therapist)
    collateral.write(link=invited(consent, therapist), text="She walks again", form_key=uuid4())
    assert "Luis" not in FollowUp.objects.get(kind="collateral_read").title
    boosters = Series.objects.create(
        patient=series.patient, site=series.site, kind="maintenance", follows=series, opened_by=provider
    )
    assert list(collateral.consents_of(boosters)) == [said_yes(boosters, therapist)] == [consent]


def test_the_link_of_a_plan_is_sent_again_and_ended_by_those_who_may_read_the_journal(
    client, given, series, link, nurse, provider
):
    with pytest.raises(NotPermitted):
        plan_links.renew(series_id=series.pk, by=nurse, send=False)
    client.force_login(provider)
    address = reverse("therapy:plan-link", args=[series.pk])
    assert "/p/" in client.post(address, {"copy": "1"}).content.decode()
    link.refresh_from_db()
    standing = PatientLink.objects.get(purpose="plan", revoked_at=None)
    assert (link.ended_by, standing.is_good) == ("revoked", True)
    client.post(address, {"send": "1"})  # this patient agreed to no letters: said, and nothing ends
    standing.refresh_from_db()
    assert standing.is_good
    client.post(address, {"end": "1"})
    standing.refresh_from_db()
    assert not standing.is_good


def test_what_somebody_close_fears_raises_an_alert_and_their_page_tells_them_nothing(client, series, therapist, given):
    theirs = invited(said_yes(series, therapist), therapist)
    collateral.write(link=theirs, text="He wrote that he will kill himself", form_key=uuid4())
    assert SafetyAlert.objects.get().patient == series.patient
    path = collateral.invite(consent_id=collateral.consents_of(series).get().pk, by=therapist, send=False)
    born = {"birth_year": "1984", "birth_month": "3", "birth_day": "14"}
    door = client.get(path, follow=True)
    assert "the person you write about" in door.content.decode()
    page = client.post(f"{path}note/", born, follow=True).content.decode()
    assert "What have you noticed?" in page
    assert not any(word in page for word in ("Maya", "Torres", "put things down", "Walk", "Help at any hour"))
    assert client.get(f"{path}plan/").status_code == 404  # nor does this link open any other page


@pytest.mark.parametrize(
    ("text", "fears"),
    [
        ("She says she wants to die", True),
        ("He talked of ending his life", True),
        ("Dice que quiere matarse", True),
        ("I will kill myself", True),
        ("He sleeps better and laughs", False),
        ("They want to live by the lake", False),
    ],
)
def test_what_somebody_fears_for_another(text, fears):
    assert inbound_rules.fears_for(text) is fears


def test_a_word_on_the_day_of_a_step_until_it_is_ticked(given, site, link):
    def planned():
        return list(Message.objects.filter(kind="plan_step").values_list("state", flat=True))

    plan_words.look(site)
    assert planned() == []  # its day is tomorrow
    with clock.at(build.moment(site, "2027-01-29", "07:00")):
        plan_words.look(site)
        plan_words.look(site)
        assert planned() == ["planned"]
        integration_plans.tick(link=link, step_id=given.steps.get().pk, is_done=True)
        plan_words.look(site)
    assert planned() == ["void"]


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_of_a_plan_costs_the_same_with_one_entry_and_three(
    client, therapist, series, link, many, django_assert_num_queries
):
    for number in range(many):
        with clock.at(clock.now() + timedelta(minutes=number)):
            wrote(link, f"Day {number}")
    client.force_login(therapist)
    address = reverse("therapy:plan", args=[series.pk])
    client.get(address)
    with django_assert_num_queries(18):
        assert f"{many} new" in client.get(address).content.decode()
