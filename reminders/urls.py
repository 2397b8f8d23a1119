from django.urls import URLPattern, path

from reminders import views

app_name = "reminders"

urlpatterns: list[URLPattern] = [
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<uuid:pk>/", views.task, name="task"),
    path("tasks/<uuid:pk>/take/", views.take, name="task-take"),
    path("patients/<uuid:pk>/", views.patient_messages, name="messages"),
]
