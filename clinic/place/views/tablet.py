"""Tablets of the clinic, and everybody's own PIN."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic import tablets as verbs
from clinic.access import acting_user, current_site
from clinic.errors import Invalid, NotFound
from clinic.forms import CalmForm
from clinic.models import Pin, Tablet

YEAR = 365 * 24 * 3600


class TabletForm(CalmForm, forms.Form):
    name = forms.CharField(label="Name of this tablet", max_length=60, help_text="Room 2, or trolley.")
    lock_minutes = forms.IntegerField(label="Locks after", initial=2, min_value=1, max_value=10)
    units = {"lock_minutes": "min"}


class PinForm(CalmForm, forms.Form):
    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    pin = forms.CharField(
        label="New PIN",
        help_text="4 to 8 digits that nobody guesses.",
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "new-password", "maxlength": "8"}),
    )


@require_http_methods(["GET", "POST"])
def tablets(request: HttpRequest) -> HttpResponse:
    """The site's tablets; a POST makes the browser that sends it one of them."""
    site, form = current_site(request), TabletForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, token = verbs.register(site=site, by=acting_user(request), **form.cleaned_data)
            messages.success(request, f"This browser is now “{made.name}”. Sign out: the next one to sign in has it.")
            response = redirect("clinic:tablets")
            response.set_cookie(
                verbs.COOKIE, token, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
            return response
        except Invalid as error:
            form.refuse(error)
    known = Tablet.objects.filter(site=site, revoked_at=None).select_related("registered_by")[:100]
    context = {"site": site, "form": form, "tablets": known, "this": verbs.of(request)}
    return render(request, "clinic/place/tablets.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    if not Tablet.objects.filter(pk=pk, site__in=acting_user(request).site_ids).exists():
        raise Http404
    try:
        gone = verbs.revoke(tablet_id=pk, by=acting_user(request))
    except NotFound as error:
        raise Http404 from error
    messages.success(request, f"“{gone.name}” is no tablet of the clinic any more.")
    return redirect("clinic:tablets")


@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Everybody's own PIN, set with the password."""
    form, user = PinForm(request.POST or None), acting_user(request)
    if request.method == "POST" and form.is_valid():
        try:
            _prove(request, form.cleaned_data["password"])
            verbs.set_pin(pin=form.cleaned_data["pin"], by=user)
            messages.success(request, "Your PIN is set. It opens a clinic tablet that has locked itself.")
            return redirect("clinic:pin")
        except ValidationError as wrong:
            form.add_error("password", wrong)
        except Invalid as error:
            form.refuse(error)
    context = {"form": form, "has_pin": Pin.objects.filter(user=user).exists()}
    return render(request, "clinic/place/pin.html", context, status=422 if form.errors else 200)


def _prove(request: HttpRequest, password: str) -> None:
    """Raise ValidationError unless it is the person's own password; wrong ones count as at signing in."""
    email = acting_user(request).email
    if get_adapter(request).authenticate(request, email=email, password=password) is None:
        raise ValidationError("That is not your password. Try again.")
