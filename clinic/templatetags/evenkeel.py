"""Tags and filters of the page; loaded everywhere as builtins. The words come from `clinic.wording`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateformat import format as django_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

from clinic import clock, wording
from clinic.models import Site

register = template.Library()

SHAPES = {"ok": "ok", "warn": "warn", "stop": "stop", "info": "info", "none": "none", "act": "clock"}
FORMATS = {
    "time": "H:i",
    "date": "D j M",
    "day": "j M Y",
    "moment": "D j M, H:i",
    "full": "D j M Y, H:i",
    "long": "l j F Y",
}


def _fragment(context: Context, name: str, values: Mapping[str, object]) -> SafeString:
    engine = context.template.engine  # type: ignore[union-attr]
    inner = context.new(dict(values))
    for kept in ("csrf_token", "request", "user"):
        if kept in context:
            inner[kept] = context[kept]
    return engine.get_template(f"components/{name}.html").render(inner)


def _zone(site: object) -> ZoneInfo:
    """The zone of a site, a zone itself, or UTC where a page has no site."""
    if isinstance(site, ZoneInfo):
        return site
    zone = getattr(site, "zone", None)
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def _word(text: str | None, shape: str) -> str:
    if shape not in SHAPES:
        raise template.TemplateSyntaxError(f"“{shape}” is no meaning; use one of {', '.join(SHAPES)}.")
    return text or ""


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "ok" %} or {% icon "ok" "ek-i-lg" %}: one symbol of static/icons.svg, never read aloud."""
    return _icon(name, f"ek-i {css}".strip())


@cache
def _icon(name: str, classes: str) -> SafeString:
    """A page has dozens of them, all pages together two hundred; the sheet's address is the same as long as we run."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static("icons.svg"), name
    )


# Chips, lights and times stand in every row of every list: each is a line of markup, written here rather than by a
# template of its own, which would cost ten times as much. The line breaks keep neighbours apart.


@register.simple_tag
def chip(meaning: str, text: str, mark: str = "", href: str = "") -> SafeString:
    """{% chip "warn" "Ride not confirmed" %}: a state, as shape + word + colour; href makes it a link."""
    word, shape = _word(text, meaning), icon(mark or SHAPES[meaning])
    if href:
        return format_html('\n<a href="{}" class="ek-chip ek-{}">{}{}</a>\n', href, meaning, shape, word)
    return format_html('\n<span class="ek-chip ek-{}">{}{}</span>\n', meaning, shape, word)


@register.simple_tag
def light(meaning: str, text: str) -> SafeString:
    """{% light "ok" "Consent" %}: one item of a checklist."""
    word = _word(text, meaning)
    return format_html('<span class="ek-light ek-{}">{}{}</span>\n', meaning, icon(SHAPES[meaning]), word)


@register.inclusion_tag("components/lights.html")
def lights(items: Iterable[tuple[str, str]]) -> dict[str, object]:
    """{% lights pairs %}: a row of small shapes from (meaning, word) pairs, read aloud as words."""
    shown = [(meaning, SHAPES[meaning], word) for meaning, word in items]
    return {"items": shown}


@register.inclusion_tag("components/progress.html")
def progress(done: float, total: float, label: str = "") -> dict[str, object]:
    """{% progress 3 7 "Rows read" %}: a bar whose numbers are said in words too."""
    share = 0 if not total else max(0, min(100, round(100 * float(done) / float(total))))
    return {"done": done, "total": total, "share": share, "label": label}


@register.simple_tag
def moment(value: datetime | None, site: object, fmt: str = "moment", zone: bool = False) -> SafeString:
    """{% moment visit.starts site "time" %}: a <time> in the site's zone; zone=True writes the zone's name."""
    if value is None:
        return SafeString()
    text, name, iso = local(value, site, fmt), wording.zone_name(_zone(site)), localtime(value).isoformat()
    shown = f"{text} {name}" if zone else text
    return format_html('<time datetime="{}" title="{} {}">{}</time>', iso, text, name, shown)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pages(context: Context, page_obj: object, target: str = "") -> dict[str, object]:
    """{% pages page_obj %}: previous, next and where we are; keeps the rest of the query string."""
    return {"page_obj": page_obj, "target": target, "request": context.get("request")}


@register.inclusion_tag("components/breadcrumbs.html")
def crumbs(*steps: Any) -> dict[str, object]:
    """{% crumbs "Patients" "patients:list" patient "Evaluation" %}: where we are.

    A step is words followed by an address or a url name, or an object that knows its address; the last has none.
    """
    trail: list[tuple[object, str]] = []
    rest = list(steps)
    while rest:
        step = rest.pop(0)
        if hasattr(step, "get_absolute_url"):
            trail.append((step, step.get_absolute_url() if rest else ""))
        elif rest:
            address = str(rest.pop(0)) if isinstance(rest[0], str) and ("/" in rest[0] or ":" in rest[0]) else ""
            trail.append((step, address if not address or "/" in address else reverse(address)))
        else:
            trail.append((step, ""))
    return {"trail": trail}


@register.simple_block_tag(takes_context=True)
def banner(context: Context, content: str, meaning: str = "info", role: str = "") -> SafeString:
    """{% banner "stop" %}<b>What is wrong.</b> What to do.{% endbanner %}"""
    _word("", meaning)
    return _fragment(context, "banner", {"meaning": meaning, "mark": SHAPES[meaning], "role": role, "content": content})


@register.simple_block_tag(takes_context=True)
def card(context: Context, content: str, title: str = "", aside: str = "", level: int = 2) -> SafeString:
    """{% card "Medicines" %}…{% endcard %}: a padded card; `aside` stands at the right end of its head."""
    return _fragment(context, "card", {"title": title, "aside": aside, "level": level, "content": content})


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: str, name: str, title: str, **options: Any) -> SafeString:
    """A question with its consequences inside; opened by any element with data-dialog="name".

    {% dialog "cancel" "Cancel Friday’s visit?" action=url confirm="Cancel the visit" keep="Keep the visit" %}…
    Options: action (POST address; without it the dialog only informs), confirm, keep, stop (a red button).
    """
    values = {"keep": "Go back", "confirm": "Yes, do it", "stop": True, "action": "", **options}
    return _fragment(context, "dialog", {"name": name, "title": title, "content": content, **values})


@register.filter
def num(value: object) -> str:
    """{{ order.dose|num }}: no trailing zero, always a leading one."""
    return wording.number(value)


@register.filter
def qty(value: object, unit: str) -> str:
    """{{ order.dose|qty:"mg" }}: number and unit, never parted."""
    return wording.quantity(value, unit)


@register.filter
def dollars(amount: Decimal | None) -> str:
    """{{ line.fee|dollars }}: “$1,250.00”."""
    return wording.dollars(amount)


@register.simple_tag
def local(value: datetime | None, site: object, fmt: str = "moment") -> str:
    """{% local visit.starts site "time" %}: wall-clock text at the site; fmt is a name of FORMATS or a date format."""
    if value is None:
        return ""
    wall = value.astimezone(_zone(site))
    if fmt not in FORMATS:
        return django_format(wall, fmt)
    return _written(wall.replace(second=0, microsecond=0, tzinfo=None), FORMATS[fmt], get_language())


@register.filter
def day(value: date | None, fmt: str = "day") -> str:
    """{{ patient.birth_date|day }}: a date that has no zone, such as a birthday."""
    if isinstance(value, datetime):  # of two zones it would be the same moment, and another day
        value = value.replace(tzinfo=None)
    return "" if value is None else _written(value, FORMATS.get(fmt, fmt), get_language())


@lru_cache(maxsize=4096)
def _written(on_the_wall: date, fmt: str, language: str | None) -> str:
    """A day, or a minute of one, in the language of the page. A list shows a hundred, and the next list the same."""
    return django_format(on_the_wall, fmt)


@register.filter
def age(born: date | None, site: object = None) -> int | str:
    """{{ patient.birth_date|age:site }}: whole years on the site's today."""
    return "" if born is None else wording.age(born, clock.now().astimezone(_zone(site)).date())


@register.filter
def on_day(value: datetime, site: Site) -> bool:
    """{% if moment|on_day:site %}: whether it is today there."""
    return site.local(value).date() == site.today()


@register.filter
def ago(value: datetime | None) -> str:
    """{{ note.entered_at|ago }}: "4 min ago", "in 2 h"."""
    return "" if value is None else wording.distance(value, clock.now())


@register.filter
def sentence(value: object) -> str:
    """{{ state|sentence }}: `in_progress` as "In progress"."""
    return wording.sentence(value)


@register.filter
def initials(value: object) -> str:
    """{{ user|initials }}: the letters of a face."""
    return wording.initials(value)


@register.filter
def browser(value: object) -> str:
    """{{ session.user_agent|browser }}: "Chrome on Windows"."""
    return wording.browser(str(value))


@register.filter
def calm(form: Any) -> Any:
    """{{ form|calm|crispy }}: a form that is not ours, with labels in sentence case and no placeholders."""
    for field in form.fields.values():
        if field.label:
            field.label = str(field.label).capitalize()
        field.widget.attrs.pop("placeholder", None)
    return form


@register.simple_tag(takes_context=True)
def can(context: Context, action: str, at: object = None) -> bool:
    """{% can "RUN_INFUSION" as may_run %} or {% can "SIGN_ORDER" at=site as may_sign %}; the policy table decides."""
    from clinic import policy

    site: Any = at or context.get("current_site") or None  # the frame's site is lazy, and may turn out to be none
    return policy.can(context["user"], policy.Action[action], site)


@register.simple_tag(takes_context=True)
def leads(context: Context, address: str, at: Any) -> str:
    """{% leads task.link task.site as there %}: the address, or nothing where that page is not for this reader."""
    from clinic import access

    return address if access.may_open(context["user"], address, at) else ""
