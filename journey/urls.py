from django.urls import URLPattern, path

from journey.views import board, pages, series

app_name = "journey"

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("today/", board.today, name="today"),
    path("chart/<uuid:pk>/", pages.chart, name="chart"),
    path("chart/<uuid:pk>/series/", series.plan, name="series-plan"),
    path("series/<uuid:pk>/booster/", series.booster, name="booster"),
]
