"""A therapist under supervision: whose signature waits, what a remark asks for, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, Refused
from clinic.policy import Role
from reminders.models import FollowUp
from tests import build
from therapy import cosigning, notes
from therapy.models import CoSignature, SessionNote, Supervision


@pytest.fixture
def admin(site):
    return build.user(Role.CLINIC_ADMIN, at=site)


@pytest.fixture
def supervised(site, admin, therapist, other_therapist, draft):
    """A note of Nadia Amir, who works under Callum Brandt, as she signed it."""
    cosigning.supervise(therapist_id=therapist.pk, supervisor_id=other_therapist.pk, site=site, by=admin)
    return notes.sign(note_id=draft.pk, by=therapist)


def waiting(site, who):
    return list(cosigning.waiting(who, site))


def turns():
    """Whose turn the list of tasks says it is."""
    rows = FollowUp.objects.filter(subject_kind="session_note", state=FollowUp.State.OPEN)
    return list(rows.values_list("kind", "owner"))


def test_a_note_waits_for_its_supervisor_and_is_billed_once_it_is_co_signed(site, session, supervised, other_therapist):
    assert waiting(site, other_therapist) == [supervised]
    assert turns() == [("cosign_due", other_therapist.pk)]
    assert not notes.told(session).final
    cosigning.cosign(note_id=supervised.pk, by=other_therapist)
    assert (waiting(site, other_therapist), turns()) == ([], [])
    assert notes.told(session).final
    with pytest.raises(IllegalTransition):
        cosigning.cosign(note_id=supervised.pk, by=other_therapist)
    with pytest.raises(DatabaseError), transaction.atomic():
        CoSignature.objects.update(remark="x")


def test_a_note_that_was_sent_back_comes_again_once_its_author_answered(site, supervised, therapist, other_therapist):
    with pytest.raises(Invalid, match="would like to be added"):
        cosigning.send_back(note_id=supervised.pk, remark=" ", by=other_therapist)
    cosigning.send_back(note_id=supervised.pk, remark="What of the sister?", by=other_therapist)
    assert (waiting(site, other_therapist), list(cosigning.sent_back(therapist, site))) == ([], [supervised])
    assert turns() == [("note_sent_back", therapist.pk)]
    with clock.at(clock.now() + timedelta(minutes=5)):
        notes.addendum(note_id=supervised.pk, text="She called her.", by=therapist)
    assert (waiting(site, other_therapist), list(cosigning.sent_back(therapist, site))) == ([supervised], [])
    assert turns() == [("cosign_due", other_therapist.pk)]


@pytest.mark.parametrize(
    ("who", "error"), [("therapist", NotPermitted), ("nurse", NotPermitted), ("stranger", NotFound)]
)
def test_nobody_but_the_supervisor_co_signs(request, supervised, who, error):
    by = request.getfixturevalue(who)
    for verb in (cosigning.cosign, cosigning.send_back):
        with pytest.raises(error):
            verb(note_id=supervised.pk, by=by, **({"remark": "x"} if verb is cosigning.send_back else {}))
    with pytest.raises(DatabaseError, match="only the supervisor"), transaction.atomic():
        CoSignature.objects.create(note=supervised, outcome="cosigned", by=by)


def test_nothing_is_signed_under_a_supervisor_who_left(site, admin, therapist, other_therapist, draft):
    cosigning.supervise(therapist_id=therapist.pk, supervisor_id=other_therapist.pk, site=site, by=admin)
    type(other_therapist).objects.filter(pk=other_therapist.pk).update(is_active=False)
    with pytest.raises(Refused, match="set another"):
        notes.sign(note_id=draft.pk, by=therapist)


def test_a_note_signed_before_or_a_plan_waits_for_nobody(site, signed, admin, therapist, other_therapist):
    cosigning.supervise(therapist_id=therapist.pk, supervisor_id=other_therapist.pk, site=site, by=admin)
    plan = notes.write(session_id=signed.session_id, kind="plan", sections={"focus": "Breath"}, by=therapist)
    assert notes.sign(note_id=plan.pk, by=therapist).supervisor is None
    assert waiting(site, other_therapist) == []


def test_who_supervises_whom_is_set_by_the_clinic(client, site, admin, therapist, other_therapist, nurse, stranger):
    def set_to(supervisor, by=admin):
        cosigning.supervise(therapist_id=therapist.pk, supervisor_id=supervisor, site=site, by=by)

    with pytest.raises(NotPermitted):
        set_to(other_therapist.pk, by=therapist)
    for wrong in (therapist, nurse, stranger):
        with pytest.raises(Invalid):
            set_to(wrong.pk)
    client.force_login(admin)
    page = reverse("therapy:supervision")
    assert client.post(page, {"therapist": therapist.pk, "supervisor": other_therapist.pk}).status_code == 302
    assert cosigning.supervisor_of(therapist) == other_therapist
    assert client.post(page, {"therapist": therapist.pk, "supervisor": nurse.pk}).status_code == 422
    assert client.post(page, {"therapist": nurse.pk, "supervisor": ""}).status_code == 404
    client.post(page, {"therapist": therapist.pk, "supervisor": ""})
    assert not Supervision.objects.exists()


def test_the_supervisor_reads_signs_and_sends_back_on_the_page(client, supervised, therapist, other_therapist):
    client.force_login(other_therapist)
    assert "Torres" in client.get(reverse("therapy:cosigning")).content.decode()
    page = reverse("therapy:session", args=[supervised.session_id]) + "?note=progress"
    assert "Waits for you to co-sign" in client.get(page).content.decode()
    assert client.post(reverse("therapy:send-back", args=[supervised.pk]), {"remark": ""}).status_code == 422
    client.post(reverse("therapy:send-back", args=[supervised.pk]), {"remark": "What of the sister?"})
    assert "What of the sister?" in client.get(page).content.decode()
    client.post(reverse("therapy:cosign", args=[supervised.pk]))
    assert "Co-signed by Callum Brandt" in client.get(page).content.decode()
    client.force_login(therapist)
    assert "Waits for you" not in client.get(page).content.decode()


def test_the_lists_of_a_supervisor_cost_the_same_at_any_length(
    client, planned, admin, site, therapist, other_therapist, django_assert_max_num_queries
):
    from tests.therapy.conftest import written

    cosigning.supervise(therapist_id=therapist.pk, supervisor_id=other_therapist.pk, site=site, by=admin)
    for hour in ("09:00", "10:30", "15:00"):
        session = planned(day="2027-01-27", at=hour)
        notes.sign(note_id=written(session).pk, by=therapist)
    assert SessionNote.objects.count() == 3
    client.force_login(other_therapist)
    with django_assert_max_num_queries(16):
        assert client.get(reverse("therapy:cosigning")).content.decode().count("Torres") >= 3


def test_my_day_shows_what_is_to_be_co_signed_and_what_came_back(client, site, supervised, therapist, other_therapist):
    def my_day(who):
        client.force_login(who)
        return client.get(reverse("therapy:mine")).content.decode()

    assert "by Nadia Amir" in my_day(other_therapist)
    assert "To co-sign" not in my_day(therapist)
    cosigning.send_back(note_id=supervised.pk, remark="What of the sister?", by=other_therapist)
    assert "Sent back" in my_day(therapist)
    assert "To co-sign" not in my_day(other_therapist)
