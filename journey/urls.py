from django.urls import URLPattern, path

from journey.views import arrivals, board, outcomes, overbookings, pages, panel, repair, repair_series, reports, series

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
    path("chart/<uuid:pk>/outcome/", outcomes.show, name="outcome"),
    path("chart/<uuid:pk>/outcome/add/<slug:kind>/", outcomes.add, name="outcome-add"),
    path("goals/<uuid:pk>/rate/", outcomes.rate, name="goal-rate"),
    path("outcome/<slug:kind>/<uuid:pk>/error/", outcomes.in_error, name="outcome-error"),
    path("series/<uuid:pk>/booster/", series.booster, name="booster"),
    path("series/<uuid:pk>/repair/", repair_series.series, name="repair-series"),
    path("series/<uuid:pk>/extend/", repair_series.extend, name="extend-series"),
    path("series/<uuid:pk>/decision/", repair_series.decide, name="gap-decision"),
    path("repairs/", repair.repairs, name="repairs"),
    path("repairs/ask/", repair.ask, name="repair-ask"),
    path("repairs/<uuid:pk>/", repair.show, name="repair"),
    path("repairs/<uuid:pk>/progress/", repair.progress, name="repair-progress"),
    path("repairs/<uuid:pk>/carry-out/", repair.carry_out, name="repair-carry-out"),
    path("repairs/<uuid:pk>/undo/", repair.undo, name="repair-undo"),
    path("outcomes/", reports.outcomes, name="outcomes"),
    path("outcomes/csv/", reports.outcomes_csv, name="outcomes-csv"),
    path("outcomes/count/", reports.count, name="outcomes-count"),
    path("outcomes/<uuid:pk>/progress/", reports.progress, name="outcomes-progress"),
    path("overbookings/", overbookings.report, name="overbookings"),
]
