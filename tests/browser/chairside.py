"""Beside the chair in a browser: one clock for the server's threads and the test, and how a row is typed."""

from datetime import datetime

from django.test import Client

ROW = {
    "systolic": "146",
    "diastolic": "90",
    "heart_rate": "84",
    "spo2": "97",
    "respiratory_rate": "14",
    "moaas": "4",
}


class HouseClock:
    """Stands in for the clock's own variable, so that the server's threads are on the same day as the test."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def get(self):
        return self.moment

    def set(self, moment):
        before, self.moment = self.moment, moment
        return before

    def reset(self, before):
        self.moment = before


def type_row(page, **changes):
    page.locator("#vin-systolic").focus()
    for value in {**ROW, **changes}.values():
        page.keyboard.type(value)
        page.keyboard.press("Enter")


class Tablet:
    """A tablet held across, with one person signed in; its clock goes with the clinic's."""

    def __init__(self, browser, url, house_clock, day, person) -> None:
        self.url, self.house_clock, self.day = url, house_clock, day
        self.context = browser.new_context(viewport={"width": 1180, "height": 820})
        client = Client()
        client.force_login(person)
        self.session = client.cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": self.session, "url": url}])
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)

    def at(self, time, address):
        """Open a page at that time of the wall."""
        self.house_clock.moment = self.day.at(time)
        self.page.clock.install(time=self.day.at(time))
        self.page.goto(self.url + address)
        return self.page

    def passes_to(self, time):
        """Time goes by, for the server and for this page."""
        gone = self.day.at(time) - self.house_clock.moment
        self.house_clock.moment = self.day.at(time)
        self.page.clock.fast_forward(int(gone.total_seconds() * 1000))

    def saves_nothing(self):
        """Pages come, but nothing that is sent arrives."""
        self.context.route(
            "**/infusions/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
        )
