from django.urls import URLPattern, path

from insurance import coding_views, payer_views, queue_views, views

app_name = "insurance"

urlpatterns: list[URLPattern] = [
    path("", queue_views.queue_page, name="queue"),
    path("payers/", payer_views.index, name="payers"),
    path("payers/<uuid:pk>/", payer_views.edit, name="payer"),
    path("checks/<uuid:pk>/", views.verification_page, name="verification"),
    path("checks/give/", queue_views.assign, name="assign"),
    path("checks/<uuid:pk>/panel/", queue_views.check_panel, name="check-panel"),
    path("checks/<uuid:pk>/claim/", queue_views.claim, name="claim"),
    path("checks/<uuid:pk>/hand-over/", queue_views.hand_over, name="hand-over"),
    path("checks/<uuid:pk>/expire/", views.expire, name="expire"),
    path("codes/", coding_views.table, name="codes"),
    path("bills/<uuid:pk>/take-back/", coding_views.take_back, name="bill-take-back"),
    path("bills/<uuid:pk>/payment/", coding_views.payment, name="payment"),
    path("bills/<uuid:pk>/pdf/", coding_views.superbill, {"form": "pdf"}, name="superbill"),
    path("bills/<uuid:pk>/csv/", coding_views.superbill, {"form": "csv"}, name="superbill-csv"),
    path("patients/<uuid:pk>/bills/pdf/", coding_views.superbill_month, {"form": "pdf"}, name="superbill-month"),
    path("patients/<uuid:pk>/bills/csv/", coding_views.superbill_month, {"form": "csv"}, name="superbill-month-csv"),
    path("payments/<uuid:pk>/error/", coding_views.payment_error, name="payment-error"),
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
