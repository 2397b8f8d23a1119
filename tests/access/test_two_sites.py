"""A right that somebody holds at another site opens nothing of this one, even where the page names no thing of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clinic.access import SITE_KEY
from clinic.models import Membership, ReadEvent, Site, User
from clinic.policy import Role
from patients.models import Patient
from reminders.models import Message
from tests import build
from tests.reminders.reaching import agree, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(client: Client, site: Site, other_site: Site) -> Client:
    """The browser of a therapist of this site, who does everything at another."""
    person = build.user(Role.THERAPIST, at=site, shift=False)
    Membership.objects.bulk_create(Membership(user=person, site=other_site, role=role) for role in Role)
    client.force_login(User.objects.get(pk=person.pk))
    session = client.session
    session[SITE_KEY] = str(site.pk)
    session.save()
    return client


LISTS = (
    "insurance:electronic", "insurance:estimates", "insurance:fee-allowed", "insurance:fee-file", "insurance:fee-new",
    "insurance:fee-package", "insurance:fees", "insurance:queue", "journey:coding", "journey:coding-month",
    "journey:outcomes-reminders", "journey:outcomes-reminders-csv", "reminders:outbox", "reminders:words",
)  # fmt: skip


def test_the_lists_of_this_site_stay_shut(here: Client) -> None:
    assert {route: here.get(reverse(route)).status_code for route in LISTS} == dict.fromkeys(LISTS, 403)


def test_the_groups_of_this_site_stay_shut_to_who_books_at_another(here: Client, site: Site) -> None:
    Membership.objects.filter(site=site).update(role=Role.INSURANCE_ADMIN)
    routes = ("therapy:groups", "therapy:group-plan")
    assert {route: here.get(reverse(route)).status_code for route in routes} == dict.fromkeys(routes, 403)


@pytest.fixture
def told(patient: Patient) -> Message:
    return plan(agree(patient, "text"))


def test_a_message_of_this_site_stays_shut(here: Client, told: Message) -> None:
    assert here.get(reverse("reminders:message", args=[told.pk])).status_code == 403
    assert here.post(reverse("reminders:message-called", args=[told.pk])).status_code == 403


def test_who_opens_a_message_has_opened_the_record(client: Client, told: Message, front_desk: User) -> None:
    client.force_login(front_desk)
    assert client.get(reverse("reminders:message", args=[told.pk])).status_code == 200
    assert ReadEvent.objects.filter(user=front_desk, patient_id=told.patient_id, what="messages").count() == 1
