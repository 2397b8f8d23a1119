"""Tokens for other systems: one's own, and for the clinic admin all of the site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.api import tokens as verbs
from clinic.errors import Invalid, NotFound
from clinic.forms import CalmForm
from clinic.models import ApiToken, Site, User
from clinic.policy import Action, Role, can

SHOWN = 100


class TokenForm(CalmForm, forms.Form):
    """Which system gets a key to what. The role is one that the person holds at the present site."""

    name = forms.CharField(label="System", max_length=60, help_text="Who holds it: billing office, lab interface.")
    role = forms.ChoiceField(label="As", choices=[])
    days = forms.IntegerField(label="Valid for", initial=90, min_value=1, max_value=verbs.MOST_DAYS)
    units = {"days": "days"}

    def __init__(self, *args: Any, user: User, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = sorted(user.roles_at(site))
        self.fields["role"].choices = [(role.value, role.label) for role in held]  # type: ignore[attr-defined]


@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list; a POST makes a token and shows its secret on this one answer."""
    user, site = acting_user(request), current_site(request)
    form = TokenForm(request.POST or None, user=user, site=site)
    made, secret = None, ""
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made, secret = verbs.issue(
                user=user, role=Role(typed["role"]), site=site, name=typed["name"], days=typed["days"], by=user
            )
            form = TokenForm(user=user, site=site)
        except Invalid as error:
            form.refuse(error)
    context = {"site": site, "form": form, "made": made, "secret": secret, "tokens": _shown(user, site)}
    response = render(request, "clinic/place/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store, private"
    return response


def _shown(user: User, site: Site) -> Any:
    """One's own tokens of every site, and all of this one for its admin; the open ones first."""
    whose = Q(user=user) | Q(site=site) if can(user, Action.MANAGE_CLINIC, site) else Q(user=user)
    rows = ApiToken.objects.filter(whose).select_related("user", "site")
    return rows.order_by("revoked_at", "-expiry")[:SHOWN]


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        gone = verbs.revoke(token_id=pk, by=acting_user(request))
    except NotFound as error:
        raise Http404 from error
    messages.success(request, f"The token of “{gone.name}” opens nothing any more.")
    return redirect("clinic:tokens")
