from django.urls import URLPattern, path

from reminders import provider_views, reaching_views, task_views, views, wording_views
from reminders.webhooks import views as webhook_views

app_name = "reminders"

urlpatterns: list[URLPattern] = [
    path("tasks/", task_views.tasks, name="tasks"),
    path("tasks/<uuid:pk>/", task_views.task, name="task"),
    path("tasks/<uuid:pk>/take/", task_views.take, name="task-take"),
    path("tasks/hand-over/", task_views.hand_over, name="tasks-hand-over"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<uuid:pk>/", views.message, name="message"),
    path("outbox/<uuid:pk>/again/", views.again, name="message-again"),
    path("outbox/<uuid:pk>/called/", views.called, name="message-called"),
    path("patients/<uuid:pk>/", views.patient_messages, name="messages"),
    path("patients/<uuid:pk>/reaching/", reaching_views.reaching, name="reaching"),
    path("words/", wording_views.words, name="words"),
    path("words/sender/", wording_views.sender, name="sender"),
    path("words/<slug:kind>/<slug:language>/", wording_views.wording, name="wording"),
    path("words/<slug:kind>/<slug:language>/look/", wording_views.look, name="wording-look"),
    path("words/<slug:kind>/<slug:language>/restore/", wording_views.restore, name="wording-restore"),
    path("words/<slug:kind>/<slug:language>/test/", wording_views.try_out, name="wording-test"),
    path("pages/", reaching_views.own_pages, name="own-pages"),
    path("texts/in/", provider_views.text_in, name="text-in"),
    path("texts/<uuid:pk>/", reaching_views.inbound, name="inbound"),
    path("texts/<uuid:key>/status/", provider_views.text_status, name="text-status"),
    path("webhooks/", webhook_views.webhooks, name="webhooks"),
    path("webhooks/<uuid:pk>/", webhook_views.webhook, name="webhook"),
    path("webhooks/<uuid:pk>/secret/", webhook_views.secret, name="webhook-secret"),
    path("webhooks/<uuid:pk>/test/", webhook_views.test, name="webhook-test"),
    path("webhooks/<uuid:pk>/off/", webhook_views.off, name="webhook-off"),
    path("webhooks/deliveries/<uuid:pk>/again/", webhook_views.again, name="webhook-again"),
    path("letters/events/", provider_views.mail_events, name="mail-events"),
]
