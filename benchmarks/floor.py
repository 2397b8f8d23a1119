"""The floor: the least that Django can do for each case. One file, no sign-in, no permissions, no reading between the
lines: a view asks the database for the rows and writes them out, or writes one.

A list is counted as its page counts it: by state, or in all. Writes leave their history here too, since triggers see to
that. It stands on the same tables, runs under the same gunicorn, and keeps its connection as the app does.
"""

# ruff: noqa: E402 - settings come before the models that need them

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import django
from django.conf import settings

from clinic import settings as house

settings.configure(**{name: value for name, value in vars(house).items() if name.isupper()})
settings.ROOT_URLCONF = __name__
django.setup()
settings.MIDDLEWARE = []  # asked for when the application is made; some apps want to see theirs before that

from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from psycopg2.extras import DateTimeTZRange

from clinic.collecting import settle
from infusions.models import InfusionNote, VitalSigns
from insurance.models import Verification
from patients.models import MeasureResponse, Patient
from reminders.models import FollowUp
from visits.models import Appointment, Hold

_engine = Engine()
PAGE = _engine.from_string(
    "<!doctype html><title>{{ title }}</title>{% for head, rows in tables %}<h2>{{ head }}</h2><table>"
    "{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}"
)


def answer(title: str, **tables: list[tuple[object, ...]]) -> HttpResponse:
    page = HttpResponse(PAGE.render(Context({"title": title, "tables": tables.items()})))
    page["Content-Length"] = str(len(page.content))
    return page


def live(request: HttpRequest) -> HttpResponse:
    return answer("Alive")


def search(request: HttpRequest) -> HttpResponse:
    asked, born = request.GET.get("q", ""), request.GET.get("born", "")
    found: QuerySet[Patient] = Patient.objects.select_related("site").order_by("search_text", "id")
    found = found.filter(birth_date=born) if born else found.filter(search_text__contains=asked)
    many = int(request.GET.get("most", 20))
    rows = [(one.name, one.mrn, one.birth_date, one.phone, one.site.name) for one in found[:many]]
    return answer("Search", patients=list(rows))


def chart(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = Patient.objects.select_related("site").get(pk=pk)
    visits = Appointment.objects.filter(patient=pk).order_by("-starts_at")[:20]
    vitals = VitalSigns.objects.filter(infusion__series__patient=pk).order_by("-observed_at")[:20]
    notes = InfusionNote.objects.filter(infusion__series__patient=pk).order_by("-written_at")[:20]
    scores = MeasureResponse.objects.filter(patient=pk).order_by("-observed_at")[:20]
    return answer(
        patient.name,
        header=[(patient.legal_name, patient.mrn, patient.birth_date, patient.phone, patient.site.name)],
        visits=[(one.get_kind_display(), one.starts_at, one.get_status_display()) for one in visits],
        vitals=[(one.observed_at, one.systolic, one.diastolic, one.heart_rate, one.spo2) for one in vitals],
        notes=[(one.written_at, one.text) for one in notes],
        scores=[(one.observed_at, one.get_instrument_display(), one.score) for one in scores],
    )


def day(request: HttpRequest, site: UUID, since: str, until: str) -> HttpResponse:
    visits = (
        Appointment.objects.filter(site=site, starts_at__gte=since, starts_at__lt=until)
        .select_related("patient", "infusion")
        .prefetch_related("holds__room", "holds__staff")
        .order_by("starts_at")
    )
    rows = [
        (one.starts_at, one.ends_at, one.patient.name, one.get_kind_display(), one.get_status_display(),
         one.infusion.number, ", ".join(str(hold.room or hold.staff or "") for hold in one.holds.all()))
        for one in visits
    ]  # fmt: skip
    return answer("Today", visits=list(rows))


def book(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    starts = datetime.fromisoformat(asked["starts_at"])
    with transaction.atomic():
        visit = Appointment.objects.create(
            patient_id=asked["patient"], site_id=asked["site"], kind="infusion", starts_at=starts,
            ends_at=starts + timedelta(minutes=120), booked_by_id=asked["by"],
        )  # fmt: skip
        during = DateTimeTZRange(visit.starts_at, visit.ends_at)
        Hold.objects.bulk_create(
            Hold(appointment=visit, resource=asked[who], during=during, phase="stay", **{f"{who}_id": asked[who]})
            for who in ("room", "patient")
        )
    return answer("Booked", visit=[(visit.pk, visit.starts_at)])


def vitals(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = VitalSigns.objects.create(
        infusion_id=pk, observed_at=request.GET["at"], entered_by_id=request.GET["by"], systolic=130, diastolic=84,
        heart_rate=80, spo2=97, respiratory_rate=14, moaas=4, client_key=request.GET["client_key"],
    )  # fmt: skip
    return answer("Saved", row=[(row.pk, row.systolic, row.diastolic)])


def queue(request: HttpRequest, site: UUID) -> HttpResponse:
    every = Verification.objects.filter(site=site)
    counts = every.values_list("state").annotate(number=Count("id")).order_by()
    checks = (
        every.filter(state="not_started")
        .select_related("patient", "coverage__payer", "owner")
        .order_by("next_visit_at", "due_on", "id")[:25]
    )
    rows = [
        (one.patient.name, one.coverage and one.coverage.payer.name, one.get_leg_display(), one.next_visit_at,
         one.due_on, one.owner)
        for one in checks
    ]  # fmt: skip
    return answer("Queue", counts=list(counts), checks=list(rows))


def tasks(request: HttpRequest, site: UUID) -> HttpResponse:
    waiting = FollowUp.objects.filter(site=site, state="open", owner_role=request.GET["role"])
    rows = [
        (one.title, one.patient and one.patient.name, one.due_at, one.owner)
        for one in waiting.select_related("patient", "owner").order_by("due_at", "id")[:25]
    ]
    return answer("Tasks", counts=[(waiting.count(),)], tasks=list(rows))


urlpatterns = [
    path("health/live", live),
    path("search", search),
    path("chart/<uuid:pk>", chart),
    path("day/<uuid:site>/<str:since>/<str:until>", day),
    path("book", book),
    path("vitals/<uuid:pk>", vitals),
    path("queue/<uuid:site>", queue),
    path("tasks/<uuid:site>", tasks),
]
application = get_wsgi_application()
settle()
