"""J2 on the nurse's tablet: the pressure rises, the network dies in the middle, the page is reloaded, the session ends,
a second nurse writes too; in the end every row is there, once, in order."""

from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from clinic.models import User
from tests import build
from tests.browser.chairside import Tablet, type_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = """async () => {
  const open = indexedDB.open("evenkeel-waiting", 1);
  const base = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const all = base.transaction("entries").objectStore("entries").getAll();
  const rows = await new Promise((done) => { all.onsuccess = () => done(all.result); });
  return rows.map((row) => Object.keys(row).sort().join() + " " + new TextDecoder("latin1").decode(row.box));
}"""


@pytest.fixture
def tablet_of(browser, live_server, house_clock, day):
    """`tablet_of(nurse)` is a tablet of its own; all of them stand at one time."""
    tablets = []

    def give(person):
        tablets.append(Tablet(browser, live_server.url, house_clock, day, person))
        return tablets[-1]

    yield give
    for tablet in tablets:
        tablet.context.close()


def test_a_dead_network_a_reload_and_a_lapsed_session_lose_nothing(tablet_of, day, axe):
    infusion = day.until("checked")
    tablet = tablet_of(day.nurse)
    page = tablet.at("10:00", f"/infusions/{infusion.pk}/")

    # Given a pump that was started at 10:00 and a pressure that rises
    page.get_by_role("button", name="Start the pump").click()
    expect(page.locator(".ek-run-word")).to_contain_text("Infusing")
    tablet.passes_to("10:10")
    type_row(page, systolic="158", diastolic="92")
    expect(page.locator("[data-sheet] tbody td").first).to_have_text("158/92")
    tablet.passes_to("10:20")
    type_row(page, systolic="172", diastolic="98")
    page.locator("#chair-ask").get_by_role("button", name="Told the provider").click()
    expect(page.locator("#chair-ask")).not_to_contain_text("What did you do?")

    # When the network dies, she goes on working: a row, the pump paused, a note
    tablet.context.set_offline(True)
    tablet.passes_to("10:30")
    type_row(page, systolic="184", diastolic="112")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Note").click()
    page.locator("#event-note-text").fill("Feels her heart beat")
    page.locator("#dialog-event-note").get_by_role("button", name="Save").click()
    expect(page.locator("[data-sheet] th.is-new")).to_contain_text("10:30")
    expect(page.locator("#unsaved")).to_contain_text("3 rows wait on this tablet. The server can’t be reached.")
    expect(page.locator("#unsaved-list")).to_have_text("10:30 Paused, not saved yet10:30 Note, not saved yet")
    # and the bar follows what she pressed, although the server can't draw it: what comes next is to resume
    expect(page.locator(".ek-run-word")).to_have_text("Paused, not saved yet")
    expect(page.get_by_role("button", name="Resume the pump")).to_be_visible()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()
    assert infusion.vitals.filter(systolic=184).count() == 0

    # And what waits can't be read in the browser
    kept = page.evaluate(KEPT)
    assert [entry.split()[0] for entry in kept] == ["box,iv,owner"] * 3
    assert not any(word in entry for entry in kept for word in ("184", "heart", "note", "systolic"))

    # When a colleague writes a row meanwhile, on a tablet of her own
    other = tablet_of(day.other_nurse).at("10:31", f"/infusions/{infusion.pk}/")
    type_row(other, systolic="182", diastolic="109")
    expect(other.locator("[data-sheet] tbody td").first).to_have_text("182/109")

    # And it is said what needs the server, and that the page should stay open
    expect(page.locator("#chair-unreached")).to_contain_text("No connection. Stay on this page.")
    assert axe(page) == {}

    # And a reload without any network asks first, says what waits, and the page comes back by itself
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.get_by_role("heading")).to_have_text("The server can’t be reached")
    expect(page.locator("[data-offline-rows]")).to_contain_text("3 rows that did not reach the server are kept")

    # And where pages come again, but nothing can be saved, the rows are still there
    tablet.saves_nothing()
    tablet.context.set_offline(False)
    expect(page.locator("[data-sheet] th.is-new")).to_contain_text("10:30")
    expect(page.locator("#unsaved")).to_contain_text("3 rows wait on this tablet.")

    # And the session ends, and she signs in again: then all of it goes out by itself
    Session.objects.filter(pk=tablet.session).delete()
    tablet.context.unroute("**/infusions/**")
    page.reload()
    page.locator("[name=login]").fill(day.nurse.email)
    page.locator("[name=password]").fill(build.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".ek-run-word")).to_have_text("Paused")
    expect(page.locator("[data-sheet] .is-new")).to_have_count(0)
    expect(page.locator("#unsaved")).to_be_hidden()
    assert axe(page) == {}

    # Then the recheck at 10:35 confirms, and the pump is stopped: 30 of 40 mg
    tablet.passes_to("10:35")
    type_row(page, systolic="186", diastolic="111")
    expect(page.locator("#chair-ask")).to_contain_text("Confirmed by a second reading")
    page.get_by_role("button", name="Stop early").click()
    page.locator("#stop-reason").fill("186/111 confirmed")
    page.locator("#dialog-stop").get_by_role("button", name="Stop early").click()
    expect(page.locator(".ek-run-word")).to_have_text("Recovery after an early stop")
    assert page.evaluate(KEPT) == []

    # And a page that stood open for four hours still saves
    tablet.passes_to("14:35")
    type_row(page, systolic="131", diastolic="84")
    expect(page.locator("[data-sheet] tbody td").first).to_have_text("131/84")
    expect(page.locator("[data-sheet] .is-new")).to_have_count(0)

    infusion.refresh_from_db()
    # The page's clock goes on while the test types: 20 seconds are 0.4 mL.
    assert abs(infusion.given_ml - Decimal("37.5")) < Decimal("0.5")
    assert round(infusion.given_mg) == 30
    pressures = [(f"{day.site.local(row.observed_at):%H:%M}", row.systolic) for row in infusion.vitals.all()]
    assert pressures == [
        ("08:52", 128), ("10:10", 158), ("10:20", 172), ("10:30", 184), ("10:31", 182), ("10:35", 186), ("14:35", 131),
    ]  # fmt: skip
    assert [event.text for event in infusion.events.all()] == ["Told the provider", "Feels her heart beat"]
    paused = infusion.state_events.get(after="paused")
    assert day.site.local(paused.observed_at).strftime("%H:%M") == "10:30"


def test_nobody_signs_out_over_rows_that_wait_without_knowing(tablet_of, day):
    infusion = day.until("started")
    tablet = tablet_of(day.nurse)
    page = tablet.at("09:22", f"/infusions/{infusion.pk}/")
    tablet.saves_nothing()
    type_row(page)
    expect(page.locator("[data-sheet] th.is-new")).to_have_count(1)
    while not page.evaluate(KEPT):  # drawn at once, sealed a moment later
        page.wait_for_timeout(50)
    page.goto(tablet.url + "/infusions/station/")
    expect(page.locator("#ek-waiting")).to_contain_text("1 row you typed on this tablet has not reached the server yet")
    page.locator("summary.ek-who").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#ek-signout")).to_contain_text("1 row on this tablet did not reach the server")
    page.get_by_role("button", name="Stay signed in").click()
    assert len(page.evaluate(KEPT)) == 1
    page.locator("summary.ek-who").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Destroy them and sign out").click()
    expect(page.locator("[name=login]")).to_be_visible()
    assert page.evaluate(KEPT) == []
    assert infusion.vitals.count() == 1


def test_what_a_person_left_whose_account_has_ended_can_be_thrown_away(tablet_of, day, axe):
    """Nobody could ever open or send these rows again; they would lie sealed on the tablet for good."""
    infusion = day.until("started")
    tablet = tablet_of(day.nurse)
    page = tablet.at("09:22", f"/infusions/{infusion.pk}/")
    tablet.saves_nothing()
    type_row(page)
    while not page.evaluate(KEPT):
        page.wait_for_timeout(50)
    User.objects.filter(pk=day.nurse.pk).update(is_active=False)
    client = Client()
    client.force_login(day.other_nurse)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": tablet.url}
    tablet.context.add_cookies([cookie])
    page.goto(tablet.url + "/infusions/station/")
    expect(page.locator("#ek-waiting")).to_contain_text("a person whose account has ended")
    assert axe(page) == {}
    assert len(page.evaluate(KEPT)) == 1
    page.get_by_role("button", name="Throw those away").click()
    expect(page.locator("#ek-waiting")).to_be_hidden()
    assert page.evaluate(KEPT) == []


def test_without_a_network_the_pump_is_paused_resumed_and_completed_at_its_own_times(tablet_of, day, axe):
    infusion = day.until("started")
    tablet = tablet_of(day.nurse)
    page = tablet.at("09:15", f"/infusions/{infusion.pk}/")
    word = page.locator(".ek-run-word")
    tablet.context.set_offline(True)
    for time, step, told in (
        ("09:20", "Pause", "Paused, not saved yet"),
        ("09:25", "Resume the pump", "Resumed, not saved yet"),
        ("09:56", "Complete", "Pump off, not saved yet"),
    ):
        tablet.passes_to(time)
        page.get_by_role("button", name=step, exact=True).click()
        expect(word).to_have_text(told)
    assert axe(page) == {}
    tablet.context.set_offline(False)
    expect(word).to_have_text("Recovery")
    infusion.refresh_from_db()
    assert (infusion.given_mg, infusion.paused_seconds // 60) == (40, 5)
    assert day.site.local(infusion.ended_at).strftime("%H:%M") == "09:56"
