"""Addresses of the schedule and of visits."""

from django.urls import URLPattern, path

from visits.views import appointments, book, feeds, offers, schedule, waitlist, walk_in

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
    path("<uuid:pk>/ride/", appointments.ride, name="ride"),
    path("<uuid:pk>/longer/", appointments.longer, name="longer"),
    path("<uuid:pk>/undo/", appointments.undo, name="undo"),
    path("book/<uuid:pk>/", book.book, name="book"),
    # one's own calendar, for calendar programs
    path("calendar/", feeds.link, name="calendar"),
    path("calendar/<str:token>.ics", feeds.feed, name="feed"),
    # walk-ins
    path("walk-in/", walk_in.find, name="walk-in-find"),
    path("walk-in/<uuid:pk>/", walk_in.walk_in, name="walk-in"),
    # the waiting list
    path("waiting/", waitlist.show, name="waitlist"),
    path("waiting/add/<uuid:pk>/", waitlist.new, name="wish-new"),
    path("waiting/<uuid:pk>/", waitlist.wish, name="wish"),
    path("waiting/<uuid:pk>/remove/", waitlist.wish_remove, name="wish-remove"),
    path("openings/<uuid:pk>/", waitlist.opening, name="opening"),
    path("openings/<uuid:pk>/give/", waitlist.give, name="opening-give"),
    path("offers/<uuid:pk>/decline/", waitlist.decline, name="offer-decline"),
    path("offer/<str:token>/", offers.offer, name="offer"),
]
