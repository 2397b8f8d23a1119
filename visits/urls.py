"""Addresses of the schedule and of visits."""

from django.urls import URLPattern, path

from visits import views

app_name = "visits"

urlpatterns: list[URLPattern] = [
    path("", views.schedule, name="schedule"),
    path("<uuid:pk>/", views.appointment, name="appointment"),
    path("<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("<uuid:pk>/arrive/", views.arrive, name="arrive"),
    path("<uuid:pk>/begin/", views.begin, name="begin"),
    path("<uuid:pk>/finish/", views.finish, name="finish"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("<uuid:pk>/no-show/", views.no_show, name="no-show"),
    path("<uuid:pk>/move/", views.move, name="move"),
    path("<uuid:pk>/undo/", views.undo, name="undo"),
    path("book/<uuid:pk>/", views.book, name="book"),
]
