"""On paper, as the browser prints it: a whole infusion with its chart, every row and what happened is one sheet."""

import re

import pytest

from clinic import clock
from infusions import run
from infusions.models import RunEvent
from tests.browser.chairside import Tablet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READINGS = {
    "09:14": (130, 84), "09:22": (150, 92), "09:32": (172, 98), "09:37": (166, 96), "09:42": (154, 92),
    "09:51": (148, 90), "09:56": (146, 90), "10:08": (140, 88), "10:23": (136, 86), "10:38": (132, 84),
    "10:53": (128, 82),
}  # fmt: skip
HAPPENED = {
    "09:11": ("iv_in", "Left forearm, 22 G, first try"),
    "09:33": ("nausea", "Mild, breathing helps"),
    "09:35": ("note", "Far away, holds the rail, answers when spoken to. Says “todo está bien”. Hand on shoulder."),
    "10:45": ("iv_out", "Site dry, dressed"),
}


def test_a_whole_infusion_prints_on_one_page(browser, live_server, house_clock, day):
    """Given 40 minutes with 12 rows, a crossed line and recovery, when it is printed, then each page is one sheet."""
    infusion = day.until("started")
    for time, pressure in READINGS.items():
        if time > "09:52" and infusion.ended_at is None:
            day.completed(infusion)
            infusion.refresh_from_db()
        row = day.vitals(infusion, time, *pressure, distress=2, cadss6=6).row
        if pressure[0] >= 166:
            day.answers(row, time, "Told Dr Hale, who stays in the room")
    for time, (kind, text) in HAPPENED.items():
        with day.clock(time):
            run.record_event(infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse, kind=kind, text=text)
    with day.clock("10:54"):
        run.discharge(
            infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse, aldrete=10, oriented=True, steady=True,
            no_active_si=True, iv_out=True, instructions_given=True, escort_name="Luis Torres",
            escort_relation="brother",
        )  # fmt: skip
    assert (infusion.vitals.count(), RunEvent.objects.count()) == (12, 6)
    tablet = Tablet(browser, live_server.url, house_clock, day, day.nurse)
    page = tablet.at("10:56", f"/infusions/{infusion.pk}/")
    for address in (f"/infusions/{infusion.pk}/", f"/infusions/{infusion.pk}/note/"):
        page.goto(tablet.url + address)
        page.evaluate("() => document.fonts.ready.then(() => true)")
        for sheet in ("Letter", "A4"):
            assert (address, sheet, _pages(page.pdf(format=sheet, print_background=True))) == (address, sheet, 1)
    page.goto(f"{tablet.url}/infusions/{infusion.pk}/")
    page.emulate_media(media="print")
    assert page.get_by_role("region", name="All rows").locator("tbody tr").last.is_visible()
    assert not page.locator("#now").is_visible()
    tablet.context.close()


def _pages(paper: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", paper))
