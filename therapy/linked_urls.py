"""The pages of this room that patients open by a secret link, and those whom they allow to write, under /p/."""

from django.urls import URLPattern, path

from therapy.views import own_plan

app_name = "plan"

urlpatterns: list[URLPattern] = [
    path("<str:token>/plan/", own_plan.home, name="own"),
    path("<str:token>/plan/steps/<uuid:pk>/", own_plan.tick, name="tick"),
    path("<str:token>/plan/journal/", own_plan.journal, name="journal"),
    path("<str:token>/plan/help/", own_plan.help_now, name="help"),
    path("<str:token>/plan/others/<uuid:pk>/", own_plan.end_consent, name="end-consent"),
    path("<str:token>/note/", own_plan.note, name="note"),
]
