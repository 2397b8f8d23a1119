"""Staff accounts: made, changed, closed; and the letter with the first password's link."""

import re
from datetime import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from clinic import clock
from clinic.celery import app as celery
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import Membership, User
from clinic.place import invitations, people
from clinic.policy import Role
from tests import build
from tests.build import PASSWORD
from visits import booking


@pytest.fixture
def both_sites_admin(clinic_admin, other_site):
    Membership.objects.create(user=clinic_admin, site=other_site, role=Role.CLINIC_ADMIN)
    return clinic_admin


def add(by, site, *roles, email="new@evenkeel.example", **fields):
    given = {"full_name": "Jo Reyes", **fields}
    return people.add_person(email=email, roles={site.pk: set(roles)}, by=by, **given)


def test_a_person_is_added_with_roles_and_no_password(site, clinic_admin):
    made = add(clinic_admin, site, Role.NURSE, Role.THERAPIST, email="Jo@Evenkeel.example", licence="RN 4471")
    assert made.email == "jo@evenkeel.example"
    assert made.roles_at(site) == {Role.NURSE, Role.THERAPIST}
    assert not made.has_usable_password()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"email": "nobody"}, "email"), ({"full_name": " "}, "full_name")],
)
def test_a_person_with_a_bad_field_is_refused_by_name(site, clinic_admin, change, field):
    with pytest.raises(Invalid) as refused:
        add(clinic_admin, site, Role.NURSE, **change)
    assert list(refused.value.fields) == [field]


def test_a_person_without_a_role_is_refused(site, clinic_admin):
    with pytest.raises(Invalid, match="at least one role"):
        add(clinic_admin, site)


def test_nobody_gives_roles_at_a_site_they_do_not_manage(other_site, clinic_admin, nurse, site):
    with pytest.raises(NotPermitted):
        add(clinic_admin, other_site, Role.NURSE)
    with pytest.raises(NotPermitted):
        add(nurse, site, Role.NURSE)
    assert not User.objects.filter(email="new@evenkeel.example").exists()


def test_an_address_that_exists_gets_the_roles_and_keeps_its_name(site, clinic_admin, stranger):
    made = add(clinic_admin, site, Role.NURSE, email=stranger.email.upper(), full_name="Somebody Else")
    assert made.pk == stranger.pk
    assert made.full_name == "Otto Fremd"
    assert made.has_usable_password()


def test_a_deactivated_account_is_not_given_roles_by_its_address(site, clinic_admin, nurse):
    people.deactivate(user_id=nurse.pk, by=clinic_admin)
    with pytest.raises(Refused, match="Reactivate"):
        add(clinic_admin, site, Role.NURSE, email=nurse.email)


def test_the_letter_opens_the_page_on_which_the_first_password_is_chosen(site, clinic_admin, client):
    made = add(clinic_admin, site, Role.NURSE)
    invitations.send(user_id=made.pk)
    letter = mail.outbox[0]
    assert letter.to == ["new@evenkeel.example"]
    path = re.search(r"https?://[^/]+(/\S+)", letter.body)[1]
    page = client.get(path, follow=True)
    chosen = {"password1": "wide water at noon", "password2": "wide water at noon"}
    client.post(page.redirect_chain[-1][0], chosen)
    made.refresh_from_db()
    assert made.check_password("wide water at noon")
    assert "no longer works" in Client().get(path, follow=True).content.decode()


@pytest.fixture
def worker_in_this_process():
    celery.conf.task_always_eager = True
    yield
    celery.conf.task_always_eager = False


@pytest.mark.usefixtures("worker_in_this_process")
def test_the_letter_leaves_when_the_account_stands_and_only_then(
    site, clinic_admin, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        made = add(clinic_admin, site, Role.NURSE)
        assert mail.outbox == []
    assert mail.outbox[0].to == [made.email]


def test_a_person_with_a_password_gets_no_second_invitation(clinic_admin, nurse):
    with pytest.raises(Refused, match="has a password"):
        people.invite_again(user_id=nurse.pk, by=clinic_admin)
    invitations.send(user_id=nurse.pk)
    assert mail.outbox == []


def test_name_signature_and_licence_change(clinic_admin, nurse):
    people.edit_person(
        user_id=nurse.pk, full_name="Adaeze Obi", signature_name="Adaeze Obi, RN", licence="RN 1", by=clinic_admin
    )
    nurse.refresh_from_db()
    assert (nurse.full_name, nurse.signs_as, nurse.licence) == ("Adaeze Obi", "Adaeze Obi, RN", "RN 1")


def test_the_account_of_a_person_of_two_sites_needs_an_admin_of_both(site, other_site, clinic_admin, nurse):
    Membership.objects.create(user=nurse, site=other_site, role=Role.NURSE)
    for verb in (people.deactivate, people.reset_second_factor):
        with pytest.raises(NotPermitted, match="all their sites"):
            verb(user_id=nurse.pk, by=clinic_admin)
    Membership.objects.create(user=clinic_admin, site=other_site, role=Role.CLINIC_ADMIN)
    assert not people.deactivate(user_id=nurse.pk, by=User.objects.get(pk=clinic_admin.pk)).is_active


def test_roles_change_at_one_site_alone(site, other_site, clinic_admin, nurse):
    Membership.objects.create(user=nurse, site=other_site, role=Role.NURSE)
    people.set_roles(user_id=nurse.pk, site_id=site.pk, roles={Role.FRONT_DESK}, by=clinic_admin)
    again = User.objects.get(pk=nurse.pk)
    assert again.roles_at(site) == {Role.FRONT_DESK}
    assert again.roles_at(other_site) == {Role.NURSE}


def test_the_last_admin_of_a_site_stays(site, clinic_admin, both_sites_admin, other_site):
    with pytest.raises(Refused, match="last clinic admin of Pine Street"):
        people.set_roles(user_id=clinic_admin.pk, site_id=site.pk, roles={Role.NURSE}, by=clinic_admin)
    build.user(Role.CLINIC_ADMIN, at=site)
    people.set_roles(user_id=clinic_admin.pk, site_id=site.pk, roles={Role.NURSE}, by=clinic_admin)


def test_a_deactivated_admin_does_not_count_as_one(site, clinic_admin):
    second = build.user(Role.CLINIC_ADMIN, at=site)
    people.deactivate(user_id=second.pk, by=clinic_admin)
    with pytest.raises(Refused, match="last clinic admin"):
        people.set_roles(user_id=clinic_admin.pk, site_id=site.pk, roles=set(), by=clinic_admin)


def test_nobody_deactivates_themselves(site, clinic_admin):
    build.user(Role.CLINIC_ADMIN, at=site)
    with pytest.raises(Refused, match="your own account"):
        people.deactivate(user_id=clinic_admin.pk, by=clinic_admin)


def test_deactivating_ends_every_session_at_once(client, clinic_admin, nurse):
    client.post("/accounts/login/", {"login": nurse.email, "password": PASSWORD})
    assert client.get("/accounts/sessions/").status_code == 200
    people.deactivate(user_id=nurse.pk, by=clinic_admin)
    assert not UserSession.objects.filter(user=nurse).exists()
    answer = client.get("/accounts/sessions/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.url
    client.post("/accounts/login/", {"login": nurse.email, "password": PASSWORD})
    assert client.get("/accounts/sessions/").status_code == 302
    people.reactivate(user_id=nurse.pk, by=clinic_admin)
    client.post("/accounts/login/", {"login": nurse.email, "password": PASSWORD})
    assert client.get("/accounts/sessions/").status_code == 200


def test_a_person_with_coming_visits_stays_and_keeps_the_role_they_need(
    site, patient, provider, clinic_admin, front_desk
):
    Membership.objects.create(user=provider, site=site, role=Role.NURSE)
    with clock.at(build.moment(site, "2027-02-01", "10:00")):
        starts = site.moment(site.today().replace(day=3), time(10))
        booking.book(patient=patient, site=site, kind="evaluation", starts_at=starts, by=front_desk)
        with pytest.raises(Refused, match="needs Dr Miriam Hale"):
            people.deactivate(user_id=provider.pk, by=clinic_admin)
        with pytest.raises(Refused):
            people.set_roles(user_id=provider.pk, site_id=site.pk, roles={Role.NURSE}, by=clinic_admin)
        people.set_roles(user_id=provider.pk, site_id=site.pk, roles={Role.PROVIDER}, by=clinic_admin)


def test_a_lost_phone_is_forgotten_and_sessions_end(client, clinic_admin, nurse):
    with pytest.raises(Refused, match="has not set up"):
        people.reset_second_factor(user_id=nurse.pk, by=clinic_admin)
    client.post("/accounts/login/", {"login": nurse.email, "password": PASSWORD})
    Authenticator.objects.create(user=nurse, type="totp", data={"secret": "x"})
    people.reset_second_factor(user_id=nurse.pk, by=clinic_admin)
    assert not Authenticator.objects.filter(user=nurse).exists()
    assert client.get("/accounts/sessions/").status_code == 302
