"""Words that people typed stay words: on every page, in every file, and nowhere else.

Every free text of the world gets a canary of its own, and with it one of sixty things that would run as a script, begin
a formula or follow an address (tests/access/hostile.py). Then every page is opened by somebody with every right, and
read as a browser reads it.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from celery import signals
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, connection, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY, generate_latest
from selectolax.lexbor import LexborHTMLParser

from clinic import clock
from tests.access.hostile import STRINGS
from tests.access.table import CLOSED, EXPECTED
from tests.access.test_routes import ASKED, WITH_ID
from tests.access.world import World

pytestmark = pytest.mark.django_db
CANARY = re.compile(r"zq\d+x")
ENDS = "\"'><b onx=1>"  # what would leave an attribute of either kind, or words; goes with each of the sixty
HANDLERS = sorted({"onx", *(name for one in STRINGS for name in re.findall(r"\b(on[a-z]+)=", one))})
# Elements that the house has none of, and attributes that none of its elements has.
NEVER = ",".join([
    "script:not([src]):not([type='application/json'])", "iframe", "object", "embed", "base", "math", "style", "marquee",
    "frame", "applet", "video", "audio", "[style]", "[srcdoc]", "[background]", "[formaction*=script]",
    "meta[http-equiv=refresh i]", *(f"[{name}]" for name in HANDLERS),
])  # fmt: skip
LEADS = ("href", "src", "action", "formaction", "data", "poster", "xlink:href", "hx-get", "hx-post")
ASTRAY = re.compile(r"(?:java|vb)script:|data:(?!image/)|//|https?://evil|.*evil\.example", re.IGNORECASE)
COMPUTED = re.compile("7000049|49000049")  # what the two sums of the corpus come to
ROOMS = {"clinic", "patients", "insurance", "reminders", "visits", "infusions", "therapy", "journey"}
# Words of the house that stand in a text column, and what must keep its form: numbers, addresses, hashes.
NO_TEXT = re.compile(
    r"kind|code|token|hash|sha|digest|password|email|phone|mobile|mrn|route|link|path|zone|language|instrument|version|"
    r"channel|state$|purpose|key|system|occurrence|format|timepoint|section|npi|_id$|lang|owner_role|source|"
    r"template|test|finding|interval|unit|steps|columns|table|number|secret|step|search|provider|address$|url|name$"
)
NAMES = {"given_name", "family_name", "preferred_name", "middle_name", "full_name", "signature_name", "escort_name"}


@dataclass
class Seen:
    """What came out of the house while the pages were opened."""

    pages: dict[str, HttpResponse] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)
    canaries: int = 0
    whole: set[str] = field(default_factory=set)


def _columns() -> Iterator[tuple[str, str, int]]:
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS or hasattr(model, "pgh_tracked_model"):
            continue
        for column in model._meta.concrete_fields:
            is_text = type(column) in (models.CharField, models.TextField) and not column.choices
            length = column.max_length or 1000
            if is_text and length >= 30 and (column.name in NAMES or not NO_TEXT.search(column.name)):
                yield model._meta.db_table, column.column, length


def _hostile(number: int, one: str) -> str:
    """One of the sixty, with a mark of its own; as a formula where it does not begin with something else."""
    words = one.format(f"zq{number}x") + ENDS
    return "=+-@"[number % 4] + words if one.startswith("{0}") else words


def _seed(found: Seen) -> None:
    """A canary in every free text, the roomiest first; what the database refuses stays as it was.

    Each of the sixty goes into the next column that takes it whole; what is left gets the end of an attribute alone.
    """
    left = list(STRINGS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for number, (table, column, length) in enumerate(sorted(_columns(), key=lambda one: -one[2]), 1):
            words = _hostile(number, left[0] if left else STRINGS[number % len(STRINGS)])
            is_whole = len(words) <= length
            with suppress(DatabaseError), transaction.atomic():
                kept = words if is_whole else f"=zq{number}x{ENDS}"[:length]
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s', [kept])
                found.canaries += bool(cursor.rowcount)
                if cursor.rowcount and is_whole and left:
                    found.whole.add(left.pop(0))
        cursor.execute("SET LOCAL session_replication_role = origin")


class Listener(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seen]:
    """Every page of the house, opened once with canaries in it."""
    found, listener = Seen(), Listener([])
    found.logged = listener.lines
    root, access = logging.getLogger(), logging.getLogger("evenkeel.access")
    root.addHandler(listener)
    access.setLevel(logging.INFO)

    def handed(body: object = None, headers: object = None, **_: object) -> None:
        found.handed.append(f"{body!r} {headers!r}")

    signals.before_task_publish.connect(handed)
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            world = World()
            with clock.at(world.now):
                _seed(found)
                _open_all(world, found)
            transaction.set_rollback(True)
        yield found
    finally:
        signals.before_task_publish.disconnect(handed)
        access.setLevel(logging.WARNING)
        root.removeHandler(listener)


def _open_all(world: World, found: Seen) -> None:
    client = Client()
    client.force_login(world.everyone)
    for route in ASKED:
        if EXPECTED[route] == CLOSED:
            continue
        address = reverse(route, kwargs=world.address_of(route) if route in WITH_ID else None)
        with transaction.atomic():
            found.pages[route] = client.get(address, {"q": "zq"} if "search" in route else {})
            transaction.set_rollback(True)


def text_of(page: HttpResponse) -> str:
    return page.content.decode(errors="replace")


def of_kind(seen: Seen, kind: str) -> dict[str, HttpResponse]:
    return {name: page for name, page in seen.pages.items() if page.headers.get("Content-Type", "").startswith(kind)}


def test_enough_is_seeded_and_shown_that_this_could_fail(seen: Seen) -> None:
    shown = {canary for page in seen.pages.values() for canary in CANARY.findall(text_of(page))}
    assert seen.canaries >= 100
    assert len(shown) >= 40
    assert seen.whole == set(STRINGS)


def test_every_page_still_answers(seen: Seen) -> None:
    assert {name: page.status_code for name, page in seen.pages.items() if page.status_code >= 500} == {}


def test_no_page_runs_what_somebody_typed(seen: Seen) -> None:
    html = of_kind(seen, "text/html")
    assert len(html) > 150
    assert {name: wrong for name, page in html.items() if (wrong := astray(page.content))} == {}


def astray(page: bytes) -> list[str]:
    """What a browser would find on the page that the house did not write."""
    tree = LexborHTMLParser(page)
    found = [(one.html or "")[:120] for one in tree.css(NEVER)]
    for name in LEADS:
        found += [
            f"{name}={value}" for one in tree.css(f"[{name.replace(':', chr(92) + ':')}]")
            if ASTRAY.match(value := re.sub(r"[\x00-\x20]", "", one.attributes[name] or ""))
        ]  # fmt: skip
    found += [one.attributes["src"] or "" for one in tree.css("script[src]:not([src^='/static/'])")]
    return found + COMPUTED.findall(page.decode(errors="replace"))


@pytest.mark.parametrize("hostile", [one for one in STRINGS if one.startswith("{0}") and "<" in one])
def test_the_reader_of_pages_finds_what_would_run(hostile: str) -> None:
    """Each of the corpus, written into a page as it is: else the test above could not fail."""
    assert astray(f"<p>{hostile.format('zq1x')}{ENDS}</p>".encode())


def test_no_paper_acts_when_it_is_opened(seen: Seen) -> None:
    papers = of_kind(seen, "application/pdf")
    assert len(papers) >= 6
    acts = re.compile(rb"/(?:JavaScript|JS|OpenAction(?! \[)|AA|Launch|SubmitForm|EmbeddedFile|URI|RichMedia)\b")
    assert {name: acts.findall(page.content) for name, page in papers.items() if acts.search(page.content)} == {}


def test_every_page_says_what_may_run_and_forbids_guessing_and_framing(seen: Seen) -> None:
    wrong = []
    for name, page in of_kind(seen, "text/html").items():
        policy = page.headers.get("Content-Security-Policy", "")
        fits = "script-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        if not (
            fits and page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["X-Frame-Options"] == "DENY"
        ):
            wrong.append(name)
    assert wrong == []


def test_files_are_saved_and_not_shown_and_kept_by_no_cache(seen: Seen) -> None:
    shown = ("text/html", "application/json", "text/javascript")
    files = {name: page for name, page in seen.pages.items() if page.content and not
             page.headers.get("Content-Type", "").startswith(shown)}  # fmt: skip
    assert len(files) > 8
    loose = [name for name, page in files.items() if "no-store" not in page.headers.get("Cache-Control", "")]
    assert loose == []


def test_no_cell_of_a_file_begins_a_formula(seen: Seen) -> None:
    files = of_kind(seen, "text/csv")
    assert len(files) >= 4
    cells = [
        (name, cell) for name, page in files.items() for row in csv.reader(io.StringIO(text_of(page))) for cell in row
    ]
    assert [(name, cell) for name, cell in cells if cell.lstrip("\ufeff")[:1] in "=+@\t\r" and cell] == []


def test_no_address_log_line_figure_task_header_or_letter_holds_what_somebody_typed(seen: Seen) -> None:
    headers = [f"{name}: {value}" for page in seen.pages.values() for name, value in page.headers.items()]
    headers += [str(page.cookies) for page in seen.pages.values()]
    sinks = {
        "headers and addresses": headers,
        "logs": seen.logged,
        "broker": seen.handed,
        "figures": [generate_latest(REGISTRY).decode()],
        "letters": [f"{letter.subject} {letter.body}" for letter in mail.outbox],
    }
    assert len(seen.logged) > 150
    leaking = {sink: [line for line in lines if CANARY.search(line)] for sink, lines in sinks.items()}
    assert {sink: lines[:3] for sink, lines in leaking.items() if lines} == {}
