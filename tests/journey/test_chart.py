"""The chart: what each reader sees of it, that its opening is logged, and that it costs the same at any length."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.models import ReadEvent
from clinic.policy import Role
from infusions.models import InfusionNote, VitalSigns
from journey import chart as charts
from patients.models import SafetyAlert
from tests import build
from tests.journey.record import PLANTED
from therapy.models import SessionNote, TherapySession
from visits.models import Appointment

WRONG = {"entered_in_error_reason": "Typed twice"}


def chart(client, who, patient, **query):
    client.force_login(who)
    return client.get(reverse("journey:chart", args=[patient.pk]), query)


def timeline(client, who, patient, **query):
    client.force_login(who)
    return client.get(reverse("journey:chart-timeline", args=[patient.pk]), query)


def said(*responses):
    return "".join(response.content.decode() for response in responses).replace("\u00a0", " ")


def whole(client, who, patient, **query):
    """The chart, and what it asks for below the fold."""
    return said(chart(client, who, patient, **query), timeline(client, who, patient, **query))


def test_a_provider_sees_the_clinical_parts(client, record, provider):
    page = whole(client, provider, record.add().patient)
    shown = {"allergy", "reaction", "medicine", "dose", "goals", "not given", "score", "alert", "consent", "evaluation"}
    assert [what for what in sorted(shown) if PLANTED[what] not in page] == []


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN])
def test_those_without_the_clinical_chart_read_none_of_it(client, site, record, role):
    patient, reader = record.add().patient, build.user(role, at=site)
    for show in ("", "infusions", "scores", "papers", "therapy"):
        page = whole(client, reader, patient, show=show)
        assert [what for what, words in PLANTED.items() if words in page] == [], show


def test_the_front_desk_reads_clinical_hold_and_never_why(client, record, front_desk):
    patient = record.add().patient
    assert "Clinical hold" in said(chart(client, front_desk, patient))
    SafetyAlert.objects.update(closed_at=record.order.signed_at, closed_by=record.provider, outcome="Seen")
    assert "Clinical hold" not in said(chart(client, front_desk, patient))


def test_no_page_of_the_front_desk_leads_to_a_clinical_one(client, record, front_desk):
    page = whole(client, front_desk, record.add().patient)
    page = page.replace('href="/infusions/maintenance/"', "")  # who is due, without any score
    for address in ("/infusions/", "/therapy/", "/evaluations/", "/measures/", "/history/", "/alerts/"):
        assert f'href="{address}' not in page
    assert reverse("visits:appointment", args=[record.series.infusions.get(number=1).appointment_id]) in page


def test_a_stranger_finds_nothing_and_learns_no_name(client, record, stranger):
    answer = chart(client, stranger, record.add().patient)
    assert answer.status_code == 404
    assert "Torres" not in said(answer)
    assert timeline(client, stranger, record.patient).status_code == 404
    assert not ReadEvent.objects.exists()


def test_every_opening_is_written_to_the_read_log(client, patient, front_desk, provider):
    chart(client, front_desk, patient)
    chart(client, provider, patient)
    timeline(client, provider, patient)
    assert list(ReadEvent.objects.order_by("at").values_list("user", "patient_id", "what", "route")) == [
        (front_desk.pk, patient.pk, "chart", "journey:chart"),
        (provider.pk, patient.pk, "chart", "journey:chart"),
        (provider.pk, patient.pk, "chart, timeline", "journey:chart-timeline"),
    ]


@pytest.mark.parametrize(("name", "most"), [("journey:chart", 8), ("journey:chart-timeline", 16)])
@pytest.mark.parametrize("role", [Role.PROVIDER, Role.FRONT_DESK])
def test_the_chart_costs_the_same_for_one_and_for_three_of_everything(client, site, record, role, name, most):
    client.force_login(build.user(role, at=site))
    address, costs = reverse(name, args=[record.patient.pk]), []
    for more in (1, 2):
        record.add(more)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        costs.append([query["sql"] for query in queries])
    assert len(costs[0]) == len(costs[1]), "\n".join(sql[:150] for sql in costs[1])
    assert len(costs[1]) <= most, "\n".join(sql[:150] for sql in costs[1])


def test_the_last_vitals_and_notes_stand_on_the_chart_of_those_who_may_read_them(client, record, provider, front_desk):
    record.add(2)
    first, last = record.series.infusions.exclude(number=None).order_by("number")
    for infusion, systolic, wrong in ((first, 131, {}), (last, 142, {}), (last, 199, WRONG)):
        who = {"entered_in_error_by": record.nurse} if wrong else {}
        VitalSigns.objects.create(
            infusion=infusion, observed_at=infusion.started_at, entered_by=record.nurse, systolic=systolic,
            diastolic=82, **(wrong and {"entered_in_error_at": infusion.started_at}), **wrong, **who,
        )  # fmt: skip
    InfusionNote.objects.create(
        infusion=last, text="Dreamed of the harbor", written_by=record.nurse, figures=[], signed_at=last.ended_at,
        signed_by=record.nurse,
    )  # fmt: skip
    page = said(chart(client, provider, record.patient))
    assert page.index("142/82") < page.index("131/82")
    assert "199/82" not in page
    assert f"signed by {record.nurse.full_name}" in page
    assert "Dreamed of the harbor" in page
    assert not re.search("142/82|Dreamed of the harbor", whole(client, front_desk, record.patient))


def test_a_patient_of_whom_nothing_is_known_has_a_chart(client, patient, provider, front_desk):
    for who in (provider, front_desk):
        page = whole(client, who, patient)
        assert "Nothing has happened yet" in page
        assert "Nothing is booked." in page


def test_sixty_visits_to_come_hide_neither_the_next_one_nor_what_was_given(site, record, front_desk):
    patient, noon = record.add(2).patient, build.moment(site, "2037-02-02", "12:00")
    hours = [noon + timedelta(days=7 * week) for week in range(60)]
    Appointment.objects.bulk_create(
        Appointment(
            patient=patient, site=site, kind="integration", starts_at=at, ends_at=at + timedelta(hours=1),
            booked_by=front_desk,
        )
        for at in hours
    )  # fmt: skip
    Appointment.objects.filter(starts_at=hours[0]).update(status="no_show")
    with clock.at(noon - timedelta(days=1)):
        read = charts.read(patient, by=front_desk)
    assert read.next_visit.starts_at == hours[1]
    assert [one.number for one in read.infusions if one.number] == [2, 1]


def test_sessions_booked_ahead_hide_no_note_that_was_signed(site, record, therapist, provider):
    patient, noon = record.add().patient, build.moment(site, "2037-02-02", "12:00")
    held = TherapySession.objects.get(patient=patient)
    TherapySession.objects.filter(pk=held.pk).update(state="held")
    note = SessionNote.objects.create(
        session=held, kind="progress", author=therapist, sha256="0" * 64, started_at=noon, risk_unasked="Left early",
        ended_at=noon + timedelta(minutes=53),
    )  # fmt: skip
    SessionNote.objects.filter(pk=note.pk).update(signed_at=noon, signed_by=therapist)
    for week in range(1, 13):
        at = noon + timedelta(days=7 * week)
        visit = Appointment.objects.create(
            patient=patient, site=site, kind="further", starts_at=at, ends_at=at + timedelta(hours=1),
            booked_by=provider,
        )  # fmt: skip
        TherapySession.objects.create(
            patient=patient, series=held.series, kind="further", appointment=visit, therapist=therapist
        )
    with clock.at(noon + timedelta(days=1)):
        assert "Midpoint session" in [one.name for one in charts.read(patient, by=provider).notes]


def test_the_desk_answers_what_it_will_cost_in_one_press(client, patient, front_desk):
    assert f'href="{reverse("insurance:costs", args=[patient.pk])}"' in said(chart(client, front_desk, patient))


def test_a_filter_shows_one_group_and_every_count(client, record, provider):
    answer = timeline(client, provider, record.add(2).patient, show="scores")
    entries = answer.context["timeline"].entries
    assert {entry.group for entry in entries} == {"scores"}
    counts = {row["value"]: row["n"] for row in answer.context["timeline"].filters}
    assert counts == {"": 14, "infusions": 4, "therapy": 2, "scores": 2, "messages": 2, "papers": 4}
    assert answer.context["timeline"].counts["scores"] == len(entries)


def test_a_filter_nobody_knows_shows_no_entry_and_no_error(client, record, provider):
    answer = timeline(client, provider, record.add().patient, show="<b>gossip")
    assert answer.status_code == 200
    assert "<b>gossip" not in said(answer, chart(client, provider, record.patient, show="<b>gossip"))
    assert answer.context["timeline"].entries == []


def test_names_are_shown_as_text(client, site, provider):
    page = said(chart(client, provider, build.patient(site, family_name="<script>alert(1)</script>")))
    assert "<script>alert(1)" not in page
