"""Addresses that patients open by a secret link, under /p/. On a tablet that was handed over, `here` is the token."""

from django.urls import URLPattern, path

from patients.views import linked

app_name = "linked"

urlpatterns: list[URLPattern] = [
    path("<str:token>/", linked.start, name="start"),
]
