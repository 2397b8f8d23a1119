"""Addresses of the schedule and of visits."""

from django.urls import URLPattern, path

from visits.views import appointments, book, schedule

app_name = "visits"

urlpatterns: list[URLPattern] = [
    path("", schedule.schedule, name="schedule"),
    path("<uuid:pk>/", appointments.appointment, name="appointment"),
    path("<uuid:pk>/confirm/", appointments.confirm, name="confirm"),
    path("<uuid:pk>/arrive/", appointments.arrive, name="arrive"),
    path("<uuid:pk>/begin/", appointments.begin, name="begin"),
    path("<uuid:pk>/finish/", appointments.finish, name="finish"),
    path("<uuid:pk>/cancel/", appointments.cancel, name="cancel"),
    path("<uuid:pk>/no-show/", appointments.no_show, name="no-show"),
    path("<uuid:pk>/move/", appointments.move, name="move"),
    path("<uuid:pk>/undo/", appointments.undo, name="undo"),
    path("book/<uuid:pk>/", book.book, name="book"),
]
