"""The frame of every page: navigation by right, the sites of the user, the clock on the wall, the theme.

Everything is lazy, so that a fragment which shows no frame asks the database nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from clinic import addresses, clock, sessions, tablets, wording
from clinic.access import current_site, sites_of
from clinic.composed import ComposedValues
from clinic.counting import Counted
from clinic.errors import NotFound
from clinic.gathering import Given
from clinic.models import Site, User
from clinic.policy import Action, Role, can

MOST = 999  # nobody counts further than this, neither a person nor the database


@dataclass(frozen=True)
class Place:
    """One entry of the navigation; `under` are the view names (or their beginnings) that light it up."""

    label: str
    url_name: str
    action: Action
    under: tuple[str, ...] = ()


NAV = (
    Place("Home", "journey:home", Action.SEE_TASKS),
    Place(
        "My day",
        "therapy:mine",
        Action.WRITE_THERAPY,
        ("therapy:mine", "therapy:phrase", "therapy:cosigning", "therapy:group"),
    ),
    Place("Today", "journey:today", Action.SEE_SCHEDULE, ("journey:today",)),
    Place("Chairs", "infusions:station", Action.SEE_INFUSION, ("infusions:station", "infusions:flowsheets")),
    Place(
        "Patients",
        "patients:list",
        Action.SEE_PATIENTS,
        (
            "patients:",
            "journey:chart",
            "journey:outcome",
            "journey:summary",
            "therapy:",
            "infusions:",
            "reminders:messages",
            "reminders:reaching",
        ),
    ),
    Place("Maintenance", "infusions:maintenance", Action.BOOK, ("infusions:maintenance", "infusions:boosters")),
    Place(
        "Schedule",
        "visits:schedule",
        Action.SEE_SCHEDULE,
        ("visits:", "journey:series"),
    ),
    Place("Inquiries", "patients:inquiries", Action.HANDLE_INQUIRIES, ("patients:inquir",)),
    Place("Insurance", "insurance:queue", Action.SEE_COVERAGE, ("insurance:",)),
    Place("Billing", "journey:coding", Action.CODE_VISITS, ("journey:coding", "insurance:codes")),
    Place("Tasks", "reminders:tasks", Action.SEE_TASKS, ("reminders:task", "reminders:inbound")),
    Place("Messages", "reminders:outbox", Action.HANDLE_MESSAGES, ("reminders:message", "reminders:reaching")),
    Place(
        "Drug ledger",
        "infusions:vials",
        Action.KEEP_LEDGER,
        ("infusions:vial", "infusions:ledger", "infusions:count"),
    ),
    Place("Adverse events", "infusions:adverse-events", Action.REVIEW_ADVERSE, ("infusions:adverse-event",)),
    Place("Reports", "journey:outcomes", Action.SEE_REPORTS, ("journey:outcomes",)),
    Place("Privacy", "journey:audit-unusual", Action.SEE_AUDIT, ("journey:audit", "journey:retention")),
    Place(
        "Clinic",
        "clinic:settings",
        Action.MANAGE_CLINIC,
        ("clinic:", "reminders:word", "reminders:webhook", "reminders:sender", "therapy:supervision"),
    ),
)


@dataclass(frozen=True)
class Entry:
    """What one person is shown of a place."""

    label: str
    url: str
    current: bool
    count: str | None


_waiting: dict[str, tuple[Action, QuerySet[Any]]] = {}


def count_for(url_name: str, waiting: QuerySet[Any], action: Action) -> None:
    """Let a room say, from its AppConfig.ready, which things wait behind one entry of the navigation, and for whom.

    Left open in `waiting` are `site`, `user`, the user's `roles` there, and `tomorrow`: when that day begins there.
    """
    _waiting[url_name] = action, waiting.order_by()


def counts(user: User, site: Site, url_names: Iterable[str]) -> dict[str, str]:
    """How many things wait behind each of these entries, all asked at once; nothing where none does."""
    asked = tuple(name for name in url_names if name in _waiting and can(user, _waiting[name][0], site))
    if not asked:
        return {}
    roles, tomorrow = [role.value for role in user.roles_at(site)], site.day_bounds(site.today())[1]
    (found,) = _counted(asked, MOST).read(site=site.pk, user=user.pk, roles=roles, tomorrow=tomorrow)
    return {name: str(n) if n <= MOST else f"{MOST}+" for name, n in zip(asked, found, strict=True) if n}


@cache
def _counted(url_names: tuple[str, ...], most: int) -> ComposedValues:
    """The statement that counts what waits behind these; there are as many as ways in which people hold roles."""
    lists = (Counted(_waiting[name][1][: most + 1]) for name in url_names)
    return ComposedValues(Site.objects.filter(pk=Given("site")).order_by().values_list(*lists))


@cache
def place_of(view_name: str) -> str:
    """The url name of the entry under which the view stands: the longest beginning wins."""
    best, length = "", 0
    for place in NAV:
        for beginning in (place.url_name, *place.under):
            if view_name.startswith(beginning) and len(beginning) > length:
                best, length = place.url_name, len(beginning)
    return best


def navigation(user: User, site: Site | None, view_name: str) -> tuple[Entry, ...]:
    """What this user may open at this site, in the order of the table."""
    current = place_of(view_name)
    places = [place for place in NAV if can(user, place.action, site)]
    waiting = counts(user, site, [place.url_name for place in places]) if site else {}
    return tuple(
        Entry(place.label, addresses.plain(place.url_name), place.url_name == current, waiting.get(place.url_name))
        for place in places
    )


@lru_cache(maxsize=128)
def drawn(template: str, nav: tuple[Entry, ...]) -> str:
    """The entries as this template draws them. It is given nothing else, so what is kept is what it would draw now."""
    return render_to_string(template, {"nav": nav})


def role_words(user: User, site: Site | None) -> str:
    """The user's roles at the site, in the order of the table of roles: "Nurse", "Provider, clinic admin"."""
    held = user.roles_at(site)
    return ", ".join(role.label for role in Role if role in held).capitalize()


def theme_of(request: HttpRequest) -> str:
    """The theme the person chose in this browser, or "" to follow the system."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in {"light", "dark"} else ""


def site_or_none(request: HttpRequest) -> Site | None:
    """The site the user works at; None for someone who holds no role anywhere yet."""
    try:
        return current_site(request)
    except NotFound:
        return None


def wall_clock(request: HttpRequest) -> datetime:
    """Now, on the wall of the site where the user works."""
    site = site_or_none(request)
    return site.local(clock.now()) if site else clock.now()


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: what templates/frame/base.html draws around every page."""
    context: dict[str, object] = {"theme": theme_of(request), "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    nav = SimpleLazyObject(lambda: navigation(user, site_or_none(request), view_name))
    return context | {
        "idle_minutes": sessions.idle_minutes(request),
        "pin_colleagues": SimpleLazyObject(lambda: list(tablets.colleagues(request))),
        "current_site": SimpleLazyObject(lambda: site_or_none(request)),
        "sites": SimpleLazyObject(lambda: sites_of(user)),
        "nav_short": SimpleLazyObject(lambda: drawn("frame/nav_items.html", tuple(nav))),
        "nav_wide": SimpleLazyObject(lambda: drawn("frame/nav_wide.html", tuple(nav))),
        "role_words": SimpleLazyObject(lambda: role_words(user, site_or_none(request))),
        "now_here": SimpleLazyObject(lambda: wall_clock(request)),
        "zone_name": SimpleLazyObject(lambda: wording.zone_name(wall_clock(request).tzinfo)),
    }
