"""Idle logoff covers the page and keeps what was being typed; an ended session loses nothing either."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from clinic import sessions
from tests.build import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REASON = "#id_reason"
COVERED = "#ek-lock[open]"


@pytest.fixture
def page_of(signed_in, live_server):
    """The gallery as `user` sees it; its clock may be moved, and its form is being filled in."""

    def open_page(user):
        page = signed_in(user)
        page.clock.install()
        page.goto(f"{live_server.url}/clinic/gallery/")
        page.fill(REASON, "She felt steady until minute 30")
        return page

    return open_page


def give_password(page, password=PASSWORD):
    page.fill("#lock-password", password)
    page.get_by_role("button", name="Go on").click()


def is_save(request):
    return request.method == "POST" and request.is_navigation_request()


def sign_in_elsewhere(page, server, email):
    tab = page.context.new_page()
    tab.goto(f"{server}/accounts/login/")
    tab.fill("input[type=email]", email)
    tab.fill("input[type=password]", PASSWORD)
    with tab.expect_navigation():
        tab.get_by_role("button", name="Sign in").click()
    tab.close()


def let_the_session_lie(minutes):
    """The server saw this session last so many minutes ago."""
    row = Session.objects.get()
    store = row.get_decoded() | {sessions.SEEN: (timezone.now() - timedelta(minutes=minutes)).isoformat()}
    row.session_data = Session.objects.encode(store)
    row.save()


def test_ten_minutes_without_a_touch_cover_the_page_and_its_title(page_of, clinic_admin):
    page = page_of(clinic_admin)
    page.clock.run_for(9 * 60_000)
    assert page.locator(COVERED).count() == 0
    page.clock.run_for(70_000)
    page.wait_for_selector(COVERED)
    assert page.title() == "Locked · Evenkeel"
    assert not page.locator(REASON).is_visible()
    page.keyboard.press("Escape")
    assert page.locator(COVERED).count() == 1


def test_a_wrong_password_opens_nothing_and_the_right_one_gives_back_what_was_typed(page_of, clinic_admin):
    page = page_of(clinic_admin)
    page.clock.run_for(11 * 60_000)
    page.wait_for_selector(COVERED)
    give_password(page, "not this one at all")
    page.get_by_text("That is not your password").wait_for()
    give_password(page)
    page.wait_for_selector(COVERED, state="detached")
    assert page.locator(REASON).input_value() == "She felt steady until minute 30"
    assert page.title() == "Components · Evenkeel"


def test_typing_keeps_the_page_open(page_of, clinic_admin):
    page = page_of(clinic_admin)
    for _ in range(4):
        page.clock.run_for(4 * 60_000)
        page.type(REASON, ".")
    page.clock.run_for(10_000)
    assert page.locator(COVERED).count() == 0


def test_nothing_typed_or_read_lies_in_the_browsers_storage(page_of, clinic_admin):
    page = page_of(clinic_admin)
    page.clock.run_for(11 * 60_000)
    page.wait_for_selector(COVERED)
    assert page.evaluate("localStorage.length") == 0
    assert set(page.evaluate("Object.keys(sessionStorage)")) <= {"htmx-current-path-for-history"}  # an address only


def test_a_save_into_a_locked_session_waits_and_is_sent_once_the_person_is_back(page_of, clinic_admin):
    page = page_of(clinic_admin)
    saves = []
    page.on("request", lambda request: saves.append(request) if is_save(request) else None)
    let_the_session_lie(minutes=30)
    page.clock.run_for(2 * 60_000)
    page.evaluate(f"document.querySelector('{REASON}').form.requestSubmit()")
    page.wait_for_selector(COVERED)
    assert saves == []
    with page.expect_request(is_save) as caught:
        give_password(page)
    assert "steady+until+minute+30" in caught.value.post_data


def test_a_session_that_is_over_waits_for_a_sign_in_in_another_tab(page_of, live_server, clinic_admin):
    page = page_of(clinic_admin)
    Session.objects.all().delete()
    page.clock.run_for(2 * 60_000)
    page.evaluate(f"document.querySelector('{REASON}').form.requestSubmit()")
    page.wait_for_selector(COVERED)
    give_password(page)
    page.get_by_role("link", name="Sign in in a new tab").wait_for()
    sign_in_elsewhere(page, live_server.url, clinic_admin.email)
    with page.expect_response(lambda answer: is_save(answer.request)) as caught:
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert "steady+until+minute+30" in caught.value.request.post_data
    assert caught.value.status == 405  # the gallery takes no form; the renewed token let it come so far


def test_a_session_of_somebody_else_does_not_uncover_the_page(page_of, live_server, clinic_admin, nurse):
    page = page_of(clinic_admin)
    Session.objects.all().delete()
    page.clock.run_for(11 * 60_000)
    page.wait_for_selector(COVERED)
    give_password(page)
    page.get_by_role("link", name="Sign in in a new tab").wait_for()
    sign_in_elsewhere(page, live_server.url, nurse.email)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_url(f"{live_server.url}/")


def test_a_part_of_a_page_that_meets_a_locked_session_is_asked_for_again(page_of, live_server, clinic_admin, site):
    page = page_of(clinic_admin)
    page.evaluate(
        """site => {
        const button = document.createElement("button");
        button.id = "part"; button.name = "site"; button.value = site;
        button.setAttribute("hx-post", "/clinic/site/"); button.setAttribute("hx-swap", "none");
        document.querySelector("main").append(button); htmx.process(button);
        }""",
        str(site.pk),
    )
    let_the_session_lie(minutes=30)
    with page.expect_response("**/clinic/site/") as refused:
        page.evaluate("document.querySelector('#part').click()")
    page.wait_for_selector(COVERED)
    with page.expect_response("**/clinic/site/") as answered:
        give_password(page)
    assert (refused.value.status, answered.value.status) == (401, 302)
    assert str(site.pk) in answered.value.request.post_data
