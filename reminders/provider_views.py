"""Doors for the providers of texts and letters. Each shows first that it is who it says it is."""

from __future__ import annotations

from uuid import UUID
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clinic import history
from reminders import deliveries, inbound
from reminders.channels import faults, twilio


@csrf_exempt
@require_POST
def text_status(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a text came. The address holds the row's id, so it is known even when its sender died in between."""
    if not twilio.is_from_them(request):
        return HttpResponse(status=403)
    status = twilio.STATUSES.get(request.POST.get("MessageStatus", ""))
    if status:
        code = request.POST.get("ErrorCode", "")[:20]
        with history.acting(None, source="provider"):
            deliveries.report(
                key=key,
                provider_id=request.POST.get("MessageSid", "")[:200],
                status=status,
                address=request.POST.get("To", ""),
                reason=faults.of_text(code),
                code=code,
            )
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def text_in(request: HttpRequest) -> HttpResponse:
    """A text to our number; what it is answered goes back in the same breath."""
    if not twilio.is_from_them(request):
        return HttpResponse(status=403)
    said = request.POST
    if not said.get("MessageSid") or not said.get("From"):
        return HttpResponse(status=400)
    with history.acting(None, source="provider"):
        text = inbound.receive(
            provider_id=said["MessageSid"][:200],
            sender=said["From"][:20],
            number=said.get("To", "")[:20],
            words=said.get("Body", "").replace("\x00", ""),
            keyword=said.get("OptOutType", ""),
        )
    answer = f"<Message>{escape(text.answer)}</Message>" if text.answer else ""
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?><Response>{answer}</Response>', content_type="application/xml"
    )


@csrf_exempt
def mail_events(request: HttpRequest) -> HttpResponseBase:
    """What a provider of email reports: bounced, arrived, unsubscribed. Its own view checks its secret."""
    if not settings.EMAIL_EVENTS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    with history.acting(None, source="provider"):
        answer: HttpResponseBase = import_string(settings.EMAIL_EVENTS).as_view()(request)
    return answer
