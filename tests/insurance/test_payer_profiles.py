"""What a payer asks of earlier treatments: kept by insurance, shown where a patient is evaluated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotPermitted
from clinic.models import Site, User
from insurance import payer_profiles
from insurance.models import Coverage, Payer, PayerProfile
from patients import evaluation_facts, evaluations
from patients.models import Patient
from tests import build

ASKED = {"trials": 4, "weeks": 6, "classes": 2, "augmentations": 0, "psychotherapies": 0, "within_years": 0, "phq9": 15}
POLICY = "Medical policy 087, read 3 March 2026"


@pytest.fixture
def payer(db: None) -> Payer:
    return Payer.objects.create(name="Blue Harbor")


def keep(payer: Payer, site: Site, by: User, **asked: object) -> PayerProfile:
    return payer_profiles.keep(payer_id=payer.pk, site=site, by=by, **{"policy": POLICY, **ASKED, **asked})


def test_a_profile_is_kept_once_and_its_history_stays(payer: Payer, site: Site, insurance_admin: User) -> None:
    keep(payer, site, insurance_admin)
    profile = keep(payer, site, insurance_admin, trials=2)
    assert PayerProfile.objects.get() == profile
    before = PayerProfile.pgh_event_model.objects.filter(pgh_obj_id=profile.pk).order_by("pgh_id")  # type: ignore[attr-defined]
    assert [row.trials for row in before] == [4, 2]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"trials": 9}, "trials"),
        ({"weeks": 0}, "weeks"),
        ({"classes": 5}, "classes"),
        ({"phq9": 28}, "phq9"),
        ({"policy": " "}, "policy"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_what_can_not_be_is_named(
    payer: Payer, site: Site, insurance_admin: User, asked: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        keep(payer, site, insurance_admin, **asked)
    assert field in refused.value.fields


def test_the_database_keeps_classes_within_trials(payer: Payer, site: Site, insurance_admin: User) -> None:
    profile = keep(payer, site, insurance_admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayerProfile.objects.filter(pk=profile.pk).update(classes=5)


def test_a_provider_reads_and_does_not_write_it(payer: Payer, site: Site, provider: User) -> None:
    with pytest.raises(NotPermitted):
        keep(payer, site, provider)


def test_an_evaluation_shows_how_far_the_trials_reach_for_the_payer_of_that_day(
    client: Client, payer: Payer, site: Site, insurance_admin: User, provider: User, patient: Patient
) -> None:
    keep(payer, site, insurance_admin)
    ended = Payer.objects.create(name="Long Gone")
    keep(ended, site, insurance_admin)
    today = site.today()
    Coverage.objects.create(patient=patient, payer=payer, member_id="BH 1", starts_on=today)
    Coverage.objects.create(patient=patient, payer=ended, member_id="LG 1", ends_on=today - timedelta(days=1), rank=2)
    build.trial(patient)
    build.trial(patient, treatment="Venlafaxine", weeks=5)
    own, theirs = evaluation_facts.trial_standings(patient)
    assert (theirs.profile.name, theirs.sentence) == ("Blue Harbor", "1 of 4 adequate trials, 1 of 2 classes")
    assert [row.why for row in own.judgements][1] == "5 of 6 weeks at an adequate dose"
    draft = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    client.force_login(provider)
    page = client.get(reverse("patients:evaluation", args=[draft.pk])).content.decode()
    assert "1 of 4 adequate trials, 1 of 2 classes" in page
    assert "Blue Harbor asks for more" in page
    assert "Long Gone" not in page


def test_insurance_writes_a_profile_on_the_page(client: Client, payer: Payer, insurance_admin: User) -> None:
    client.force_login(insurance_admin)
    address = reverse("insurance:payer", args=[payer.pk])
    refused = client.post(address, {**ASKED, "classes": 7, "policy": POLICY, "note": ""})
    assert refused.status_code == 422
    assert "more classes than trials" in refused.content.decode()
    listed = client.post(address, {**ASKED, "policy": POLICY, "note": "MADRS of 28 or more"}, follow=True)
    assert POLICY in listed.content.decode()
