"""The pages of this room that patients open by a secret link, under /p/."""

from django.urls import URLPattern, path

from journey.views import own_curve

app_name = "own"

urlpatterns: list[URLPattern] = [
    path("<str:token>/curve/", own_curve.show, name="curve"),
]
