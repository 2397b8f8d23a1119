from django.urls import URLPattern, path

from therapy.views import cards, day, notes, private, sessions

app_name = "therapy"

urlpatterns: list[URLPattern] = [
    path("", day.mine, name="mine"),
    path("private/", private.mine, name="private-mine"),
    path("private/<uuid:pk>/", private.note, name="private"),
    path("private/<uuid:pk>/save/", private.save, name="private-save"),
    path("private/<uuid:pk>/destroy/", private.destroy, name="private-destroy"),
    path("private/<uuid:pk>/authorize/", private.authorize, name="private-authorize"),
    path("private/releases/<uuid:pk>/", private.release, name="private-release"),
    path("private/releases/<uuid:pk>/revoke/", private.revoke, name="private-revoke"),
    path("<uuid:pk>/private/", private.begin, name="private-begin"),
    path("<uuid:pk>/", sessions.session, name="session"),
    path("<uuid:pk>/intentions/", cards.intentions, name="intentions"),
    path("<uuid:pk>/missed/", sessions.missed, name="missed"),
    path("<uuid:pk>/<slug:kind>/", notes.write, name="write"),
    path("<uuid:pk>/<slug:kind>/addendum/", notes.addendum, name="addendum"),
]
