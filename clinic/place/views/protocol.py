"""Table A as this site uses it: read by those who treat, changed by the admin, signed by a provider."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import settings_versions
from clinic.access import acting_user, current_site
from clinic.models import ProtocolSettings, Site
from clinic.place.forms import ProtocolForm
from clinic.place.protocol_fixed import BY_PEOPLE, IN_THE_PROGRAM
from clinic.place.protocol_words import SECTIONS, differences, sections, setting
from clinic.place.views import done, form_page, here
from clinic.policy import Action, can, require

A_PAGE = 10


def _reader_here(request: HttpRequest) -> Site:
    site = current_site(request)
    require(acting_user(request), Action.SEE_PROTOCOL, at=site)
    return site


def _show(request: HttpRequest, shown: ProtocolSettings, site: Site, newest: ProtocolSettings) -> HttpResponse:
    user = acting_user(request)
    context = {
        "site": site,
        "version": shown,
        "is_newest": shown.version == newest.version,
        "sections": list(sections(shown)),
        "fixed": (("Held fixed by the program", IN_THE_PROGRAM), ("Kept by people", BY_PEOPLE)),
        "may_edit": shown.version == newest.version and can(user, Action.MANAGE_CLINIC, site),
        "may_sign": bool(shown.version) and not shown.signed_at and can(user, Action.SIGN_PROTOCOL, site),
    }
    return render(request, "clinic/place/protocol.html", context)


@require_GET
def current(request: HttpRequest) -> HttpResponse:
    site = _reader_here(request)
    newest = settings_versions.current(site)
    return _show(request, newest, site, newest)


@require_GET
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = (
        ProtocolSettings.objects.select_related("site", "made_by", "signed_by")
        .filter(pk=pk, site__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    require(acting_user(request), Action.SEE_PROTOCOL, at=found.site)
    return _show(request, found, found.site, settings_versions.current(found.site))


@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """Every version, newest first, with what it changed."""
    site = _reader_here(request)
    rows = ProtocolSettings.objects.filter(site=site).select_related("site", "made_by", "signed_by")
    page_obj = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    page = list(page_obj)
    oldest = page[-1].version if page else 0
    before = rows.filter(version=oldest - 1).first()
    older = [*page[1:], before]
    context = {
        "site": site,
        "page_obj": page_obj,
        "rows": [(one, differences(base, one)) for one, base in zip(page, older, strict=bool(page))] if page else [],
    }
    return render(request, "clinic/place/versions.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, section: str) -> HttpResponse:
    if section not in SECTIONS:
        raise Http404
    site = here(request)
    title, labels = SECTIONS[section]
    newest = settings_versions.current(site)
    known = [setting(name, label, newest) for name, label in labels.items()]
    form = ProtocolForm(request.POST or None, settings=known, initial={"based_on": newest.version})
    if request.method == "POST" and form.is_valid():
        given = {"changes": form.changes(), "by": acting_user(request)}
        given |= {name: form.cleaned_data[name] for name in ("note", "based_on")}
        if made := done(form, settings_versions.new_version, site_id=site.pk, **given):
            messages.success(request, f"Version {made.version} holds from now on. A provider signs it on this page.")
            return redirect("clinic:protocol")
    trail = [("Protocol", reverse("clinic:protocol"))]
    kept = f"version {newest.version} is kept as it is" if newest.version else "the rest stays as Table A proposes"
    sub = f"{site.name}. Saving makes version {newest.version + 1}; {kept}."
    words = {"sub": sub, "button": "Make the new version", "back": reverse("clinic:protocol")}
    return form_page(request, form, title=title, trail=trail, **words)


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Take the defaults as the first version, so that a provider can sign them."""
    site = here(request)
    settings_versions.new_version(site_id=site.pk, changes={}, note="As Table A proposes", by=acting_user(request))
    messages.success(request, "Version 1 holds. A provider signs it on this page.")
    return redirect("clinic:protocol")


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    if not ProtocolSettings.objects.filter(pk=pk, site__in=acting_user(request).site_ids).exists():
        raise Http404
    signed = settings_versions.sign(settings_id=pk, by=acting_user(request))
    messages.success(request, f"Version {signed.version} is signed.")
    return redirect("clinic:protocol-version", pk)
