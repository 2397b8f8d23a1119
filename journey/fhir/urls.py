"""Addresses of FHIR: search and read of a type share its name, by which `clinic.api.routes.FHIR` says who may."""

from django.urls import URLPattern, path

from journey.fhir import views
from journey.fhir.catalog import KINDS

app_name = "fhir"
VIEWS = {"Observation": views.observations}

urlpatterns: list[URLPattern] = [
    path("metadata", views.metadata, name="metadata"),
    path("Patient/<uuid:key>/$everything", views.everything, name="everything"),
    *(path(kind, VIEWS.get(kind, views.listed), {"kind": kind}, name=kind) for kind in KINDS),
    *(path(f"{kind}/_search", views.searched, {"kind": kind}, name=f"{kind}/_search") for kind in KINDS),
    *(path(f"{kind}/<str:key>", views.read, {"kind": kind}, name=kind) for kind in KINDS),
]
