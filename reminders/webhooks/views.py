"""Pages of the clinic admin: which systems are told of what, and whether they heard it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import NotFound
from clinic.place.views import done, here, of_mine
from reminders.models import Webhook, WebhookAttempt, WebhookDelivery
from reminders.webhooks import subscriptions
from reminders.webhooks.forms import WebhookForm

PAGE = 25


@sensitive_variables("secret", "made")
@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """The list; a POST adds a system and shows its secret on this one answer."""
    site, form = here(request), WebhookForm(request.POST or None)
    webhook, secret = None, ""
    if request.method == "POST" and form.is_valid():
        made = done(form, subscriptions.add, site=site, by=acting_user(request), **form.cleaned_data)
        if made:
            (webhook, secret), form = made, WebhookForm()
    context = {"site": site, "form": form, "made": webhook, "secret": secret, "webhooks": subscriptions.listed(site)}
    return _unkept(render(request, "reminders/webhooks.html", context, status=422 if form.errors else 200))


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


@require_GET
def webhook(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _show(request, of_mine(request, Webhook, pk))


@sensitive_variables("secret")
@require_POST
def secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new secret, shown on this one answer."""
    of_mine(request, Webhook, pk)
    renewed, made = subscriptions.renew_secret(webhook_id=pk, by=acting_user(request))
    return _unkept(_show(request, renewed, secret=made))


@require_POST
def test(request: HttpRequest, pk: UUID) -> HttpResponse:
    of_mine(request, Webhook, pk)
    subscriptions.send_test(webhook_id=pk, by=acting_user(request))
    messages.success(request, "A test event goes out within a minute. Look again at what became of it.")
    return redirect("reminders:webhook", pk)


@require_POST
def off(request: HttpRequest, pk: UUID) -> HttpResponse:
    of_mine(request, Webhook, pk)
    gone = subscriptions.switch_off(webhook_id=pk, by=acting_user(request))
    messages.success(request, f"“{gone.name}” is told nothing any more.")
    return redirect("reminders:webhooks")


@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        row = subscriptions.try_again(delivery_id=pk, by=acting_user(request))
    except NotFound as error:
        raise Http404 from error
    messages.success(request, f"“{row.label}” goes out again within a minute.")
    return redirect("reminders:webhook", row.webhook_id)


def _show(request: HttpRequest, found: Webhook, **more: Any) -> HttpResponse:
    """One system and its last deliveries, each with its last try."""
    tries = Prefetch("tries", queryset=WebhookAttempt.objects.order_by("-started_at", "-id"))
    rows = WebhookDelivery.objects.filter(webhook=found).prefetch_related(tries).order_by("-due_at", "-id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"webhook": found, "site": found.site, "page_obj": page, **more}
    return render(request, "reminders/webhook.html", context)
