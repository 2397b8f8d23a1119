"""Opening a patient's link as a browser does; and a page behind the door that says what reached it."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from clinic.urls import urlpatterns as of_the_house
from patients.models import Patient, PatientLink
from patients.views.linked import DOOR as DOOR
from patients.views.linked import by_link


@by_link("intake")
def probe(request: HttpRequest, link: PatientLink) -> HttpResponse:
    return HttpResponse(f"for {link.patient_id} {request.method} {request.POST.get('words', '')}".strip())


urlpatterns = [path("p/<str:token>/probe/", probe, name="probe"), *of_the_house]


def token_of(address: str) -> str:
    return address.split("/")[2]


def typed(born: date) -> dict[str, str]:
    return {"birth_year": str(born.year), "birth_month": str(born.month), "birth_day": str(born.day)}


def good(patient: Patient) -> dict[str, str]:
    return typed(patient.birth_date)


def wrong() -> dict[str, str]:
    return typed(date(1990, 1, 1))


def open_door(client: Client, address: str, patient: Patient) -> Any:
    """Give the birth date and go where that leads."""
    return client.post(address, good(patient), follow=True)
