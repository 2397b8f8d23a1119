"""Addresses that patients open by a secret link, under /p/. On a tablet that was handed over, `here` is the token."""

from django.urls import URLPattern, path

from patients.views import intake, linked, linked_measures

app_name = "linked"

urlpatterns: list[URLPattern] = [
    path("<str:token>/", linked.start, name="start"),
    path("<str:token>/intake/", intake.resume, name="intake"),
    path("<str:token>/intake/<slug:key>/", intake.step, name="intake-step"),
    path("<str:token>/intake/consents/<slug:kind>/", intake.consent, name="intake-consent"),
    path("<str:token>/questions/", linked_measures.home, name="measures"),
    path("<str:token>/questions/help/", linked_measures.help_now, name="measures-help"),
    path("<str:token>/questions/<slug:instrument>/", linked_measures.question, name="measure"),
]
