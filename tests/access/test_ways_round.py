"""Ways round the doors: another host, a redirect to elsewhere, a row of somebody else in the address or in the body."""

from __future__ import annotations

import socket
import urllib.request
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from fpdf import FPDF

from clinic import clock
from clinic.models import ReadEvent, Site, User
from infusions.models import VitalSigns
from insurance import papers
from journey import trail_papers
from patients.models import Condition, Patient
from tests import build
from tests.build import PASSWORD
from tests.infusions import making

pytestmark = pytest.mark.django_db
ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example"])
def test_another_host_gets_no_page_and_no_link_is_made_for_it(client: Client, host: str) -> None:
    assert client.get(reverse("account_login"), headers={"host": host}).status_code == 400


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere(client: Client, nurse: User, site: Site, target: str) -> None:
    typed = {"login": nurse.email, "password": PASSWORD, "next": target}
    answers = [client.post(reverse("account_login"), typed)]
    answers.append(client.post(reverse("clinic:unlock"), {"password": PASSWORD, "next": target}))
    answers.append(client.post(reverse("clinic:switch-site"), {"site": str(site.pk), "next": target}))
    answers.append(client.post(reverse("clinic:switch-site"), {"site": str(site.pk)}, headers={"referer": target}))
    assert [answer.status_code for answer in answers] == [302] * 4
    assert not any("evil" in answer["Location"] or "javascript" in answer["Location"] for answer in answers)


def test_a_poll_neither_extends_nor_gets_round_the_idle_limit(client: Client, nurse: User, site: Site) -> None:
    """CVE-2026-25476 of another record system: a parameter of the poll switched the limit off."""
    client.force_login(nurse)
    now, address = build.moment(site, "2027-02-02", "09:00"), reverse("patients:list")
    with clock.at(now):
        client.get(address)
    tricks = [
        ({"skip_timeout_reset": "1"}, {}),
        ({}, {"X-Background": "1"}),
        ({}, {"X-Background": "1", "HX-Request": "true"}),
        ({"_": "1"}, {"X-Requested-With": "XMLHttpRequest"}),
    ]
    for number, (query, headers) in enumerate(tricks):
        with clock.at(now + timedelta(minutes=11, seconds=number)):
            assert client.get(address, query, headers=headers).status_code == 401
    for minutes in range(13, 12 * 60, 60):
        with clock.at(now + timedelta(minutes=minutes)):
            assert client.get(address, headers={"X-Background": "1"}).status_code == 401


@pytest.mark.parametrize("name", ["infusions:correct", "infusions:answer", "infusions:event-error"])
def test_a_row_of_another_patient_below_ones_own_is_not_there(
    client: Client, patient: Patient, nurse: User, provider: User, name: str
) -> None:
    mine = making.infusion(making.loading(patient, provider), 1, "2027-01-26", by=provider)
    other = build.patient(patient.site)
    theirs = making.infusion(making.loading(other, provider), 1, "2027-01-27", by=provider)
    row = VitalSigns.objects.create(
        infusion=theirs, observed_at=clock.now(), systolic=120, diastolic=80, entered_by=nurse
    )
    client.force_login(nurse)
    child = "event" if name == "infusions:event-error" else "row"
    address = reverse(name, kwargs={"pk": mine.pk, child: row.pk})
    typed = {"patient": str(patient.pk), "systolic": "90", "reason": "Not theirs"}
    assert client.post(address, typed).status_code == 404
    row.refresh_from_db()
    assert (row.systolic, row.entered_in_error_at) == (120, None)


def test_columns_that_the_form_does_not_ask_for_stay_as_they_are(
    client: Client, patient: Patient, front_desk: User, other_site: Site
) -> None:
    """Every column of the row is posted, with another value."""
    client.force_login(front_desk)
    address = reverse("patients:edit", args=[patient.pk])
    form = client.get(address).context["form"]
    typed = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    hostile = {
        "id": str(build.patient(patient.site).pk), "mrn": "EK-1", "site": str(other_site.pk),
        "site_id": str(other_site.pk),
        "search_text": "zz", "sounds_like": "zz", "registered_at": "2001-01-01", "registered_by": str(front_desk.pk),
    }  # fmt: skip
    before = {name: getattr(patient, name) for name in ("pk", "mrn", "site_id", "registered_at", "registered_by_id")}
    client.post(address, {**{key: value for key, value in hostile.items() if key not in form.fields}, **typed})
    patient.refresh_from_db()
    assert {name: getattr(patient, name) for name in before} == before
    assert "zz" not in patient.search_text


def test_an_id_of_another_site_in_the_body_is_nobody(
    client: Client, patient: Patient, clinic_admin: User, other_site: Site
) -> None:
    """Merging, marking and reviewing take ids in the body or behind the address; a stranger's is not there."""
    theirs = build.patient(other_site)
    client.force_login(clinic_admin)
    statuses = {
        "review": client.post(
            reverse("journey:audit-unusual-review"), {"access": [str(theirs.pk)], "verdict": "fine", "words": "No"}
        ).status_code,
        "mark": client.post(
            reverse("journey:record-mark", args=[theirs.pk]), {"kind": "hold", "reason": "No"}
        ).status_code,
        "site": client.post(reverse("clinic:switch-site"), {"site": str(other_site.pk)}).status_code,
    }
    assert statuses == {"review": 404, "mark": 404, "site": 404}
    assert not theirs.marks.exists()
    assert not Condition.objects.filter(patient=theirs).exists()


OPENS = "<img src='http://evil.example/a.png'> ![a](http://evil.example) file:///etc/passwd https://evil.example"


def test_a_paper_opens_no_address_whatever_somebody_wrote(
    patient: Patient, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fpdf2 can load pictures from addresses; nothing that people typed ever gets there."""
    monkeypatch.setattr(User, "full_name", OPENS[:120])
    ReadEvent.objects.create(user=nurse, patient_id=patient.pk, what="chart", reason=OPENS)
    made = trail_papers.read(patient)

    def refused(*args: object, **named: object) -> None:
        raise AssertionError(f"a paper opened {args}")

    monkeypatch.setattr(urllib.request, "urlopen", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(FPDF, "image", refused)
    assert trail_papers.as_pdf(made).startswith(b"%PDF")


def test_a_page_that_pretends_to_be_a_paper_is_saved_and_never_shown(
    client: Client, patient: Patient, insurance_admin: User
) -> None:
    paper = papers.keep(
        patient_id=patient.pk, title="Card", upload=b"%PDF-1.4\n<html><script>alert(1)</script>", by=insurance_admin
    )
    client.force_login(insurance_admin)
    answer = client.get(reverse("insurance:paper", args=[paper.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
