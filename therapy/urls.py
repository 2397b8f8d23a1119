from django.urls import URLPattern, path

from therapy.views import cards, day, notes, sessions

app_name = "therapy"

urlpatterns: list[URLPattern] = [
    path("", day.mine, name="mine"),
    path("<uuid:pk>/", sessions.session, name="session"),
    path("<uuid:pk>/intentions/", cards.intentions, name="intentions"),
    path("<uuid:pk>/missed/", sessions.missed, name="missed"),
    path("<uuid:pk>/<slug:kind>/", notes.write, name="write"),
    path("<uuid:pk>/<slug:kind>/addendum/", notes.addendum, name="addendum"),
]
