from django.urls import URLPattern, path

from reminders import provider_views, reaching_views, task_views, views

app_name = "reminders"

urlpatterns: list[URLPattern] = [
    path("tasks/", task_views.tasks, name="tasks"),
    path("tasks/<uuid:pk>/", task_views.task, name="task"),
    path("tasks/<uuid:pk>/take/", task_views.take, name="task-take"),
    path("tasks/hand-over/", task_views.hand_over, name="tasks-hand-over"),
    path("patients/<uuid:pk>/", views.patient_messages, name="messages"),
    path("patients/<uuid:pk>/reaching/", reaching_views.reaching, name="reaching"),
    path("texts/in/", provider_views.text_in, name="text-in"),
    path("texts/<uuid:pk>/", reaching_views.inbound, name="inbound"),
    path("texts/<uuid:key>/status/", provider_views.text_status, name="text-status"),
    path("letters/events/", provider_views.mail_events, name="mail-events"),
]
