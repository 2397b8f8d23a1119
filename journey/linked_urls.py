"""The pages of this room that patients open by a secret link, under /p/."""

from django.urls import URLPattern, path

from journey.views import own_checkin, own_curve, own_visits

app_name = "own"

urlpatterns: list[URLPattern] = [
    path("<str:token>/curve/", own_curve.show, name="curve"),
    path("<str:token>/visits/", own_visits.home, name="visits"),
    path("<str:token>/visits/<uuid:pk>/", own_visits.visit, name="visit"),
    path("<str:token>/visits/<uuid:pk>/confirm/", own_visits.confirm, name="confirm"),
    path("<str:token>/visits/<uuid:pk>/move/", own_visits.move, name="move"),
    path("<str:token>/visits/<uuid:pk>/cancel/", own_visits.cancel, name="cancel"),
    path("<str:token>/visits/<uuid:pk>/ride/", own_visits.ride, name="ride"),
    path("<str:token>/visits/<uuid:pk>/prepare/", own_visits.prepare, name="prepare"),
    path("<str:token>/visits/<uuid:pk>/visit.ics", own_visits.calendar, name="calendar"),
    path("<str:token>/tonight/", own_checkin.tonight, name="tonight"),
    path("<str:token>/check-in/", own_checkin.checkin, name="checkin"),
    path("<str:token>/check-in/help/", own_checkin.help_now, name="checkin-help"),
    path("<str:token>/summary/", own_checkin.summary, name="summary"),
]
