from django.urls import URLPattern, path

from journey.views import arrivals, board, pages, panel, series

app_name = "journey"

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("today/", board.today, name="today"),
    path("today/hallway/", board.hallway, name="hallway"),
    path("today/<uuid:pk>/", panel.visit, name="today-visit"),
    path("today/<uuid:pk>/step/", panel.step, name="today-step"),
    path("today/<uuid:pk>/cancel/", panel.cancel, name="today-cancel"),
    path("today/<uuid:pk>/move/", panel.move, name="today-move"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("arrivals/<uuid:pk>/step/", arrivals.step, name="arrivals-step"),
    path("chart/<uuid:pk>/", pages.chart, name="chart"),
    path("chart/<uuid:pk>/series/", series.plan, name="series-plan"),
    path("series/<uuid:pk>/booster/", series.booster, name="booster"),
]
