from django.urls import URLPattern, path

from insurance import payer_views, views

app_name = "insurance"

urlpatterns: list[URLPattern] = [
    path("", views.queue_page, name="queue"),
    path("payers/", payer_views.index, name="payers"),
    path("payers/<uuid:pk>/", payer_views.edit, name="payer"),
    path("checks/<uuid:pk>/", views.verification_page, name="verification"),
    path("checks/<uuid:pk>/claim/", views.claim, name="claim"),
    path("checks/<uuid:pk>/hand-over/", views.hand_over, name="hand-over"),
    path("checks/<uuid:pk>/expire/", views.expire, name="expire"),
    path("patients/<uuid:pk>/", views.patient_page, name="patient"),
    path("patients/<uuid:pk>/check/", views.open_check, name="open-check"),
    path("patients/<uuid:pk>/self-pay/", views.self_pay, name="self-pay"),
    path("patients/<uuid:pk>/self-pay/end/", views.self_pay_end, name="self-pay-end"),
    path("patients/<uuid:pk>/coverage/", views.coverage_add, name="coverage-add"),
    path("patients/<uuid:pk>/authorization/", views.authorization_add, name="authorization-add"),
    path("authorizations/<uuid:pk>/error/", views.authorization_error, name="authorization-error"),
    path("estimates/<uuid:pk>/given/", views.estimate_given, name="estimate-given"),
    path("coverage/<uuid:pk>/end/", views.coverage_end, name="coverage-end"),
    path("coverage/<uuid:pk>/error/", views.coverage_error, name="coverage-error"),
]
