"""Every address of the house. Each name must stand in clinic.routes.ROUTES."""

from django.urls import URLPattern, URLResolver, include, path

from clinic import gallery, keeping, views
from clinic.place.views import tablet, token

clinic_patterns: list[URLPattern | URLResolver] = [
    path("site/", views.switch_site, name="switch-site"),
    path("unlock/", views.unlock, name="unlock"),
    path("prove/", views.prove, name="prove"),
    path("switch-in/", views.switch_in, name="switch-in"),
    path("pin/", tablet.pin, name="pin"),
    path("tablets/", tablet.tablets, name="tablets"),
    path("tablets/<uuid:pk>/revoke/", tablet.revoke, name="tablet-revoke"),
    path("tokens/", token.tokens, name="tokens"),
    path("tokens/<uuid:pk>/revoke/", token.revoke, name="token-revoke"),
    path("keep-key/", keeping.keep_key, name="keep-key"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("", include("clinic.place.urls")),
]

# Django tries one after the other, so what is asked all day stands before what is asked now and then.
urlpatterns: list[URLPattern | URLResolver] = [
    path("infusions/", include("infusions.urls")),
    path("visits/", include("visits.urls")),
    path("patients/", include("patients.urls")),
    path("reminders/", include("reminders.urls")),
    path("insurance/", include("insurance.urls")),
    path("therapy/", include("therapy.urls")),
    path("worker.js", keeping.worker, name="worker"),
    path("offline/", keeping.offline, name="offline"),
    path("health/live", views.health_live, name="health-live"),
    path("health/ready", views.health_ready, name="health-ready"),
    path("api/v1/", include("clinic.api.urls")),
    path("fhir/R4/", include("journey.fhir.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("clinic/", include((clinic_patterns, "clinic"))),
    path("p/", include("patients.linked_urls")),
    path("p/", include("journey.linked_urls")),
    path("p/", include("insurance.linked_urls")),
    path("p/", include("therapy.linked_urls")),
    path("", include("journey.urls")),
]
