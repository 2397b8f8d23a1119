from django.urls import URLPattern, path

from infusions.views import (
    adverse,
    boosters,
    chair,
    checkins,
    counts,
    flowsheets,
    gate,
    ledger,
    maintenance,
    notes,
    orders,
    phrases,
    recovery,
    review,
    rows,
    station,
)

app_name = "infusions"

# The page beside the chair and its verbs; each of them is a POST.
chair_patterns: list[URLPattern] = [
    path("station/", station.show, name="station"),
    path("<uuid:pk>/", chair.page, name="infusion"),
    path("<uuid:pk>/parts/", chair.parts, name="parts"),
    path("<uuid:pk>/check-in/", chair.check_in, name="check-in"),
    path("<uuid:pk>/clear/", chair.clear, name="clear"),
    path("<uuid:pk>/start/", chair.start, name="start"),
    path("<uuid:pk>/pause/", rows.pause, name="pause"),
    path("<uuid:pk>/resume/", rows.resume, name="resume"),
    path("<uuid:pk>/complete/", rows.complete, name="complete"),
    path("<uuid:pk>/stop/", rows.stop, name="stop"),
    path("<uuid:pk>/hold/", chair.hold, name="hold"),
    path("<uuid:pk>/not-given/", chair.not_given, name="not-given"),
    path("<uuid:pk>/override/", chair.override, name="override"),
    path("<uuid:pk>/arrival/", chair.arrival, name="arrival"),
    path("<uuid:pk>/test/", gate.test, name="test"),
    path("<uuid:pk>/suspend/", gate.suspend, name="suspend"),
    path("<uuid:pk>/escort/", gate.escort, name="escort"),
    path("<uuid:pk>/draw/", chair.draw, name="draw"),
    path("<uuid:pk>/double-check/", chair.double_check, name="double-check"),
    path("<uuid:pk>/waste/", chair.waste, name="waste"),
    path("<uuid:pk>/discard/", chair.discard, name="discard"),
    path("<uuid:pk>/vitals/", rows.vitals, name="vitals"),
    path("<uuid:pk>/event/", rows.event, name="event"),
    path("<uuid:pk>/discharge/", recovery.discharge, name="discharge"),
    path("<uuid:pk>/vitals/<uuid:row>/correct/", rows.correct, name="correct"),
    path("<uuid:pk>/vitals/<uuid:row>/answer/", rows.answer, name="answer"),
    path("<uuid:pk>/event/<uuid:event>/error/", rows.event_error, name="event-error"),
    path("phrases/", phrases.keep, name="phrase-keep"),
    path("phrases/<uuid:pk>/forget/", phrases.forget, name="phrase-forget"),
]

# What is ordered, what is in stock, and what came of it.
order_patterns: list[URLPattern] = [
    path("series/<uuid:pk>/orders/", orders.show, name="orders"),
    path("series/<uuid:pk>/orders/preview/", orders.preview, name="order-preview"),
    path("orders/<uuid:pk>/countersign/", orders.countersign, name="order-countersign"),
    path("series/<uuid:pk>/resume/", gate.resume, name="resume-series"),
    path("series/<uuid:pk>/review/", review.show, name="review"),
    path("series/<uuid:pk>/review/consequences/", review.consequences, name="review-consequences"),
    path("maintenance/", maintenance.show, name="maintenance"),
    path("series/<uuid:pk>/boosters/", boosters.show, name="boosters"),
    path("series/<uuid:pk>/boosters/plan/", boosters.plan, name="booster-plan"),
    path("series/<uuid:pk>/boosters/dates/", boosters.dates, name="booster-dates"),
    path("series/<uuid:pk>/boosters/ask/", boosters.ask, name="relapse-ask"),
    path("series/<uuid:pk>/boosters/settle/", boosters.settle, name="relapse-settle"),
    path("<uuid:pk>/long-term/", boosters.long_term_check, name="long-term"),
    path("vials/", ledger.vials, name="vials"),
    path("vials/<uuid:pk>/", ledger.vial, name="vial"),
    path("vials/<uuid:pk>/waste/", ledger.waste, name="vial-waste"),
    path("vials/<uuid:pk>/count/", ledger.count, name="vial-count"),
    path("vials/<uuid:pk>/return/", ledger.return_stock, name="vial-return"),
    path("vials/<uuid:pk>/close/", ledger.close, name="vial-close"),
    path("vials/<uuid:pk>/settle/", ledger.settle, name="vial-settle"),
    path("vials/counts/", counts.past, name="counts"),
    path("vials/count/", counts.count, name="count"),
    path("vials/counts/<uuid:pk>/close/", counts.close, name="count-close"),
    path("vials/export/", counts.export, name="ledger-export"),
]

# What is told afterwards, and the papers.
record_patterns: list[URLPattern] = [
    path("adverse-events/", adverse.listed, name="adverse-events"),
    path("adverse-events/<uuid:pk>/", adverse.show, name="adverse-event"),
    path("adverse-events/<uuid:pk>/review/", adverse.review, name="adverse-review"),
    path("<uuid:pk>/adverse-event/", adverse.report, name="adverse-report"),
    path("<uuid:pk>/note/", notes.show, name="note"),
    path("<uuid:pk>/note/write/", notes.write, name="note-write"),
    path("<uuid:pk>/note/sign/", notes.sign, name="note-sign"),
    path("<uuid:pk>/note/addendum/", notes.addendum, name="note-addendum"),
    path("<uuid:pk>/note/pdf/", notes.pdf, name="note-pdf"),
    path("<uuid:pk>/against-advice/", recovery.against_advice, name="against-advice"),
    path("check-ins/<uuid:pk>/", checkins.show, name="checkin"),
    path("flowsheets/", flowsheets.show, name="flowsheets"),
    path("flowsheets/pdf/", flowsheets.pdf, name="flowsheets-pdf"),
]

urlpatterns: list[URLPattern] = [*chair_patterns, *order_patterns, *record_patterns]
