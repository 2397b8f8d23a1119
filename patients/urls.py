"""Addresses of the room. Each name stands in clinic.policy.ROUTES."""

from django.urls import URLPattern, path

from patients.views import (
    alerts,
    consents,
    evaluations,
    history,
    imports,
    inquiries,
    labs,
    measures,
    photos,
    registry,
    safety_plans,
)

app_name = "patients"

urlpatterns: list[URLPattern] = [
    # the register
    path("", registry.index, name="list"),
    path("search/", registry.find, name="search"),
    path("new/", registry.new, name="new"),
    path("<uuid:pk>/edit/", registry.edit, name="edit"),
    path("<uuid:pk>/photo/", photos.show, name="photo"),
    path("<uuid:pk>/photo/new/", photos.new, name="photo-new"),
    path("<uuid:pk>/contacts/", registry.contacts, name="contacts"),
    path("<uuid:pk>/contacts/add/", registry.contact_add, name="contact-add"),
    path("<uuid:pk>/contacts/word/", registry.contact_word, name="contact-word"),
    path("contacts/<uuid:pk>/end/", registry.contact_end, name="contact-end"),
    # inquiries; the first two are open to the public
    path("request/<slug:code>/", inquiries.request_appointment, name="request-appointment"),
    path("request/<slug:code>/sent/", inquiries.request_sent, name="request-sent"),
    path("inquiries/", inquiries.queue, name="inquiries"),
    path("inquiries/new/", inquiries.new, name="inquiry-new"),
    path("inquiries/<uuid:pk>/", inquiries.show, name="inquiry"),
    path("inquiries/<uuid:pk>/contacted/", inquiries.contacted, name="inquiry-contacted"),
    path("inquiries/<uuid:pk>/close/", inquiries.close, name="inquiry-close"),
    path("inquiries/<uuid:pk>/register/", inquiries.register, name="inquiry-register"),
    path("inquiries/<uuid:pk>/link/", inquiries.link, name="inquiry-link"),
    # what is known of the past
    path("<uuid:pk>/history/", history.show, name="history"),
    path("<uuid:pk>/history/<slug:kind>/", history.add, name="history-add"),
    path("history/<slug:kind>/<uuid:pk>/error/", history.in_error, name="history-error"),
    path("history/<slug:kind>/<uuid:pk>/take-back/", history.take_back, name="history-take-back"),
    path("history/<slug:kind>/<uuid:pk>/end/", history.end, name="history-end"),
    # evaluations, questionnaires, alerts, consents
    path("<uuid:pk>/evaluations/begin/", evaluations.begin, name="evaluation-begin"),
    path("evaluations/<uuid:pk>/", evaluations.show, name="evaluation"),
    path("evaluations/<uuid:pk>/save/", evaluations.save, name="evaluation-save"),
    path("evaluations/<uuid:pk>/sign/", evaluations.sign, name="evaluation-sign"),
    path("evaluations/<uuid:pk>/review/", evaluations.review, name="evaluation-review"),
    path("evaluations/<uuid:pk>/still-eligible/", evaluations.still_eligible, name="evaluation-still-eligible"),
    path("conditions/<uuid:pk>/met/", evaluations.condition_met, name="condition-met"),
    path("<uuid:pk>/labs/", labs.new, name="lab-new"),
    path("labs/<uuid:pk>/error/", labs.in_error, name="lab-error"),
    path("<uuid:pk>/measures/new/", measures.new, name="measure-new"),
    path("measures/<uuid:pk>/", measures.show, name="measure"),
    path("alerts/<uuid:pk>/", alerts.show, name="alert"),
    path("alerts/<uuid:pk>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:pk>/clear/", alerts.clear, name="alert-clear"),
    path("alerts/<uuid:pk>/close/", alerts.close, name="alert-close"),
    path("alerts/<uuid:pk>/grade/", alerts.regrade, name="alert-grade"),
    path("alerts/contacts/<uuid:pk>/", alerts.contact, name="alert-contact"),
    path("alerts/waiting/", alerts.strip, name="alert-strip"),
    path("<uuid:pk>/safety-plan/", safety_plans.begin, name="safety-plan-begin"),
    path("safety-plans/<uuid:pk>/", safety_plans.show, name="safety-plan"),
    path("safety-plans/<uuid:pk>/save/", safety_plans.save, name="safety-plan-save"),
    path("safety-plans/<uuid:pk>/print/", safety_plans.pdf, name="safety-plan-pdf"),
    path("<uuid:pk>/consents/new/", consents.new, name="consent-new"),
    path("consents/<uuid:pk>/", consents.show, name="consent"),
    path("consents/<uuid:pk>/withdraw/", consents.withdraw, name="consent-withdraw"),
    # Taking over patients from elsewhere
    path("import/", imports.index, name="import"),
    path("import/<uuid:pk>/", imports.show, name="import-job"),
    path("import/<uuid:pk>/progress/", imports.progress, name="import-progress"),
]
