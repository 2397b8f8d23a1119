"""The pages of this room that patients open by a secret link, under /p/."""

from django.urls import URLPattern, path

from insurance import estimate_views

app_name = "costs"

urlpatterns: list[URLPattern] = [
    path("<str:token>/estimate/", estimate_views.own, name="estimate"),
    path("<str:token>/estimate/pdf/", estimate_views.own_paper, name="estimate-paper"),
]
