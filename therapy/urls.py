from django.urls import URLPattern, path

from therapy.views import book, cards, cosigning, day, notes, phrases, plans, private, referrals, risk, sessions

app_name = "therapy"

urlpatterns: list[URLPattern] = [
    path("", day.mine, name="mine"),
    path("phrases/", phrases.mine, name="phrases"),
    path("phrases/<uuid:pk>/", phrases.mine, name="phrase"),
    path("phrases/<uuid:pk>/forget/", phrases.forget, name="phrase-forget"),
    path("co-signing/", cosigning.waiting, name="cosigning"),
    path("co-signing/<uuid:pk>/", cosigning.cosign, name="cosign"),
    path("co-signing/<uuid:pk>/back/", cosigning.send_back, name="send-back"),
    path("supervision/", cosigning.supervision, name="supervision"),
    path("book/<uuid:pk>/", book.book, name="book"),
    path("private/", private.mine, name="private-mine"),
    path("private/<uuid:pk>/", private.note, name="private"),
    path("private/<uuid:pk>/save/", private.save, name="private-save"),
    path("private/<uuid:pk>/destroy/", private.destroy, name="private-destroy"),
    path("private/<uuid:pk>/authorize/", private.authorize, name="private-authorize"),
    path("private/releases/<uuid:pk>/", private.release, name="private-release"),
    path("private/releases/<uuid:pk>/revoke/", private.revoke, name="private-revoke"),
    path("<uuid:pk>/private/", private.begin, name="private-begin"),
    path("plans/<uuid:pk>/", plans.show, name="plan"),
    path("plans/<uuid:pk>/write/", plans.write, name="plan-write"),
    path("plans/<uuid:pk>/read/", plans.read, name="plan-read"),
    path("plans/<uuid:pk>/close-ones/", plans.agree, name="collateral"),
    path("close-ones/<uuid:pk>/link/", plans.invite, name="collateral-link"),
    path("close-ones/<uuid:pk>/end/", plans.revoke, name="collateral-end"),
    path("referrals/of/<uuid:pk>/", referrals.show, name="referrals"),
    path("referrals/of/<uuid:pk>/new/", referrals.new, name="referral-new"),
    path("referrals/<uuid:pk>/letter.pdf", referrals.pdf, name="referral-pdf"),
    path("referrals/<uuid:pk>/step/", referrals.step, name="referral-step"),
    path("<uuid:pk>/", sessions.session, name="session"),
    path("<uuid:pk>/risk/", risk.ask, name="risk"),
    path("<uuid:pk>/intentions/", cards.intentions, name="intentions"),
    path("<uuid:pk>/missed/", sessions.missed, name="missed"),
    path("<uuid:pk>/<slug:kind>/", notes.write, name="write"),
    path("<uuid:pk>/<slug:kind>/addendum/", notes.addendum, name="addendum"),
    path("<uuid:pk>/<slug:kind>/print/", notes.show, name="note"),
]
