from django.urls import URLPattern, path

from therapy import views

app_name = "therapy"

urlpatterns: list[URLPattern] = [
    path("", views.mine, name="mine"),
    path("<uuid:pk>/", views.session, name="session"),
    path("<uuid:pk>/intentions/", views.intentions, name="intentions"),
    path("<uuid:pk>/missed/", views.missed, name="missed"),
    path("<uuid:pk>/<slug:kind>/", views.write, name="write"),
    path("<uuid:pk>/<slug:kind>/addendum/", views.addendum, name="addendum"),
]
