"""Addresses of the room. Each name stands in clinic.policy.ROUTES."""

from django.urls import URLPattern, path

from patients.views import alerts, consents, evaluations, measures

app_name = "patients"

urlpatterns: list[URLPattern] = [
    # evaluations, questionnaires, alerts, consents
    path("<uuid:pk>/evaluations/begin/", evaluations.begin, name="evaluation-begin"),
    path("evaluations/<uuid:pk>/", evaluations.show, name="evaluation"),
    path("evaluations/<uuid:pk>/save/", evaluations.save, name="evaluation-save"),
    path("evaluations/<uuid:pk>/sign/", evaluations.sign, name="evaluation-sign"),
    path("evaluations/<uuid:pk>/review/", evaluations.review, name="evaluation-review"),
    path("<uuid:pk>/measures/new/", measures.new, name="measure-new"),
    path("measures/<uuid:pk>/", measures.show, name="measure"),
    path("alerts/<uuid:pk>/", alerts.show, name="alert"),
    path("alerts/<uuid:pk>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:pk>/clear/", alerts.clear, name="alert-clear"),
    path("alerts/<uuid:pk>/close/", alerts.close, name="alert-close"),
    path("<uuid:pk>/consents/new/", consents.new, name="consent-new"),
    path("consents/<uuid:pk>/", consents.show, name="consent"),
    path("consents/<uuid:pk>/withdraw/", consents.withdraw, name="consent-withdraw"),
]
