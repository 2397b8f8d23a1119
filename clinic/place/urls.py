"""The clinic admin's pages, in the namespace `clinic`. Each name stands in clinic.routes.ROUTES."""

from django.urls import URLPattern, path

from clinic.place.views import on_call, people, protocol, rota, site

urlpatterns: list[URLPattern] = [
    path("", site.hub, name="settings"),
    path("sites/new/", site.site_new, name="site-new"),
    path("sites/<uuid:pk>/", site.site_edit, name="site-edit"),
    path("rooms/new/", site.room_new, name="room-new"),
    path("rooms/<uuid:pk>/", site.room_edit, name="room-edit"),
    path("rooms/<uuid:pk>/close/", site.room_close, name="room-close"),
    path("rooms/<uuid:pk>/reopen/", site.room_reopen, name="room-reopen"),
    path("hours/", site.hours, name="hours"),
    path("hours/<uuid:pk>/", site.hours_edit, name="hours-edit"),
    path("hours/<uuid:pk>/remove/", site.hours_remove, name="hours-remove"),
    path("closures/", site.closures, name="closures"),
    path("closures/<uuid:pk>/", site.closure_edit, name="closure-edit"),
    path("closures/<uuid:pk>/remove/", site.closure_remove, name="closure-remove"),
    path("staff/", people.staff, name="staff"),
    path("staff/new/", people.new, name="person-new"),
    path("staff/<uuid:pk>/", people.person, name="person"),
    path("staff/<uuid:pk>/edit/", people.edit, name="person-edit"),
    path("staff/<uuid:pk>/roles/<uuid:site_pk>/", people.roles, name="person-roles"),
    path("staff/<uuid:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("staff/<uuid:pk>/reactivate/", people.reactivate, name="person-reactivate"),
    path("staff/<uuid:pk>/second-factor/", people.second_factor, name="person-second-factor"),
    path("staff/<uuid:pk>/invite/", people.invite, name="person-invite"),
    path("staff/<uuid:pk>/shifts/", rota.shift_add, name="shift-add"),
    path("staff/<uuid:pk>/exceptions/", rota.exception_add, name="exception-add"),
    path("shifts/<uuid:pk>/", rota.shift_edit, name="shift-edit"),
    path("shifts/<uuid:pk>/end/", rota.shift_end, name="shift-end"),
    path("exceptions/<uuid:pk>/remove/", rota.exception_remove, name="exception-remove"),
    path("on-call/", on_call.page, name="on-call"),
    path("on-call/<uuid:pk>/end/", on_call.end, name="on-call-end"),
    path("protocol/", protocol.current, name="protocol"),
    path("protocol/adopt/", protocol.adopt, name="protocol-adopt"),
    path("protocol/versions/", protocol.versions, name="protocol-versions"),
    path("protocol/versions/<uuid:pk>/", protocol.version, name="protocol-version"),
    path("protocol/versions/<uuid:pk>/sign/", protocol.sign, name="protocol-sign"),
    path("protocol/edit/<slug:section>/", protocol.edit, name="protocol-edit"),
]
