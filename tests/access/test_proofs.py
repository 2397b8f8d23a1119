"""Proving again who is there: to sign, to manage users; and the second factor that production asks for."""

import ast
import inspect
import re
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from clinic import clock, reauth, tablets
from clinic.errors import DomainError
from clinic.models import Membership
from clinic.policy import Role
from clinic.routes import ROUTES
from tests import build
from tests.access.test_sign_in import code_for, sign_in
from tests.build import PASSWORD

ADD = reverse("clinic:person-new")
ROOMS = ("clinic", "patients", "insurance", "reminders", "visits", "infusions", "therapy", "journey")


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def now(site):
    return build.moment(site, "2027-02-02", "09:00")


@pytest.fixture
def at_work(client, clinic_admin, now):
    """An admin's browser, signed in at nine and busy ever since."""
    with clock.at(now):
        sign_in(clinic_admin, client=client)
    return client


def later(now, **more):
    return clock.at(now + timedelta(**more))


def someone(site):
    return {"full_name": "Ren Ito", "email": "ren@evenkeel.example", f"roles_{site.code}": ["nurse"]}


def asks(answer):
    return answer.status_code == 401 and "prove once more" in answer.content.decode()


def test_a_proof_counts_for_five_minutes_and_then_the_form_is_asked_about(at_work, now):
    with later(now, minutes=5):
        assert not asks(at_work.post(ADD, {}))
    with later(now, minutes=5, seconds=1):
        assert asks(at_work.post(ADD, {}))
        assert at_work.get(ADD).status_code == 200  # looking asks for nothing


def test_what_was_typed_goes_with_the_question_and_the_proof_sends_it(at_work, clinic_admin, now):
    typed = {"full_name": 'Ren "Ito"', "email": "ren@evenkeel.example", "roles": ["nurse", "provider"]}
    with later(now, minutes=6):
        page = at_work.post(ADD, typed)
        assert set(page.context["typed"]) >= {("full_name", 'Ren "Ito"'), ("roles", "nurse"), ("roles", "provider")}
        assert "ren@evenkeel.example" not in str(dict(at_work.session))
        wrong = at_work.post(ADD, {**typed, reauth.PASSWORD: "not mine"})
        assert asks(wrong)
        assert "not mine" not in wrong.content.decode()
        right = at_work.post(ADD, {**typed, reauth.PASSWORD: PASSWORD})
        assert not asks(right)
        assert PASSWORD not in right.content.decode()
        assert not asks(at_work.post(ADD, typed))  # the proof stands


def test_who_may_not_is_refused_before_being_asked(client, nurse, now):
    with clock.at(now):
        sign_in(nurse, client=client)
    with later(now, minutes=6):
        assert client.post(ADD, {}).status_code == 403


def test_htmx_is_told_to_cover_the_page_and_the_unlocking_is_the_proof(at_work, now):
    with later(now, minutes=6):
        answer = at_work.post(ADD, {}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["X-Evenkeel-Prove"]) == (401, "1")
        at_work.post(reverse("clinic:unlock"), {"password": PASSWORD}, headers={"X-Requested-With": "fetch"})
        assert not asks(at_work.post(ADD, {}))


def test_a_signature_stands_on_a_proof_of_the_last_hour(client, provider, now, rf):
    with clock.at(now):
        sign_in(provider, client=client)
    form = reverse("infusions:adverse-review", args=[provider.pk])  # of nothing: what is asked is who signs
    for minutes in range(9, 61, 9):
        with later(now, minutes=minutes):
            assert client.post(form, {}).status_code == 404
    with later(now, minutes=61):
        assert asks(client.post(form, {}))


def test_a_pin_is_enough_to_sign_and_not_for_more(client, site, now):
    both = build.user(Role.CLINIC_ADMIN, Role.PROVIDER, at=site)
    with clock.at(now):
        _, token = tablets.register(site=site, name="Room 2", by=both)
        tablets.set_pin(pin="2580", by=both)
        client.cookies[tablets.COOKIE] = token
        sign_in(both, client=client)
    form = reverse("infusions:adverse-review", args=[both.pk])
    with later(now, minutes=61):
        client.post(reverse("clinic:unlock"), {"pin": "2580"}, headers={"X-Requested-With": "fetch"})
        assert client.post(form, {}).status_code == 404
        page = client.post(ADD, {})
        assert asks(page)
        assert not page.context["with_pin"]
        assert asks(client.post(ADD, {reauth.PIN: "2580"}))


def test_who_came_by_a_pin_has_given_no_password_however_young_the_shift_is(client, site, clinic_admin, nurse, now):
    with clock.at(now):
        _, client.cookies[tablets.COOKIE] = tablets.register(site=site, name="Room 2", by=clinic_admin)
        tablets.set_pin(pin="2580", by=clinic_admin)
        sign_in(clinic_admin, client=client)
        assert not asks(client.post(ADD, {}))
        client.force_login(nurse)
        client.post(reverse("clinic:switch-in"), {"person": str(clinic_admin.pk), "pin": "2580"})
        assert asks(client.post(ADD, {}))


def test_a_page_that_is_only_read_asks_by_a_page_of_its_own(at_work, now):
    with later(now, minutes=6):
        answer = at_work.post(reverse("clinic:prove"), {"next": ADD, reauth.PASSWORD: "wrong"})
        assert asks(answer)
        answer = at_work.post(reverse("clinic:prove"), {"next": ADD, reauth.PASSWORD: PASSWORD})
        assert (answer.status_code, answer.url) == (302, ADD)
        assert at_work.get(reverse("clinic:prove")).url == "/"  # an address that means nothing by itself


def test_a_wrong_proof_for_a_page_is_told_again_what_it_is_for(at_work, clinic_admin, now, rf):
    request = rf.get("/notes/?of=me")
    request.user, request.session = clinic_admin, at_work.session
    page = reauth.asked_page(request, reauth.ProofNeeded("open your notes", by_pin=True)).content.decode()
    typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    with later(now, minutes=6):
        for _ in range(2):
            asked = at_work.post(reverse("clinic:prove"), {**typed, reauth.PASSWORD: "wrong"})
            assert "You are about to open your notes." in asked.content.decode()
            typed = dict(asked.context["typed"])
        assert typed["next"] == "/notes/?of=me"
        forged = {**typed, reauth.ASKED: "anything", reauth.PASSWORD: "wrong"}
        assert "You are about to go on." in at_work.post(reverse("clinic:prove"), forged).content.decode()


def test_a_token_has_nothing_to_prove_with(rf, nurse):
    request = rf.post("/", {reauth.PASSWORD: PASSWORD})
    request.user = nurse
    with pytest.raises(reauth.ProofNeeded) as refused:
        reauth.require_fresh(request, to="sign")
    assert (refused.value.status, refused.value.kind) == (403, "proof-needed")
    assert isinstance(refused.value, DomainError)


@pytest.mark.parametrize(
    ("typed", "asked"), [({"press": "save"}, False), ({"press": "sign"}, True), ({"sign": "1"}, True)]
)
def test_a_draft_is_saved_without_a_proof_and_not_signed(client, therapist, now, typed, asked):
    with clock.at(now):
        sign_in(therapist, client=client)
        client.get(reverse("patients:list"))
    for minutes in range(9, 61, 9):
        with later(now, minutes=minutes):
            client.get(reverse("patients:list"))
    with later(now, minutes=62):
        for route in ("therapy:write", "patients:safety-plan-save"):
            kind = {"kind": "plan"} if route == "therapy:write" else {}
            answer = client.post(reverse(route, kwargs={"pk": therapist.pk, **kind}), typed)
            assert (asks(answer), answer.status_code) == ((True, 401) if asked else (False, 404))


def test_every_form_that_asks_is_a_page_of_the_house():
    assert set(reauth.ASKS) <= set(ROUTES)


def test_the_question_names_what_the_press_will_do(at_work, now):
    with later(now, minutes=6):
        page = at_work.post(reverse("clinic:person-deactivate", args=[at_work.session["_auth_user_id"]]), {})
        assert "You are about to close somebody’s account." in page.content.decode()
        part = at_work.post(ADD, {}, headers={"HX-Request": "true"})
        assert unquote(part["X-Evenkeel-Asks"]).startswith("You are about to give somebody an account.")


# A verb that signs by calling another one, which is what its view calls.
THROUGH = {"infusions.booster_visits.decide": "infusions.boosters.plan", "therapy.notes.sign": "therapy.notes._note_of"}


def signing_verbs():
    """Every verb of the rooms that writes who signed, by its whole name."""
    root = Path(settings.BASE_DIR)
    files = [file.relative_to(root) for room in ROOMS for file in (root / room).rglob("*.py")]
    for file in (file for file in files if not {"migrations", "demo", "models"} & set(file.parts)):
        for one in ast.walk(ast.parse((root / file).read_text())):
            if isinstance(one, ast.FunctionDef) and re.search(r"signed_by(=| = .*\b)by\b", ast.unparse(one)):
                yield f"{'.'.join(file.with_suffix('').parts)}.{one.name}"


def test_every_page_that_signs_asks_who_signs():
    """Found in the code: the verbs that write who signed, the views that call them, and the routes of those views."""
    verbs = {*signing_verbs()}
    assert set(THROUGH.values()) <= verbs
    signing = {name for name, view in views(get_resolver().url_patterns) if {*calls(view)} & {*verbs, *THROUGH}}
    assert len(signing) >= 12
    assert sorted(signing - set(reauth.ASKS)) == []


def views(patterns, space=""):
    """Every page of the house by its name, with the view as it was written."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns, space + (f"{one.namespace}:" if one.namespace else ""))
        elif (view := inspect.unwrap(one.callback)) and view.__module__.split(".")[0] in ROOMS:
            yield space + str(one.name), view


def calls(view):
    """The whole names of what a view uses of other modules, by itself and through functions of its own module."""
    module, seen, todo = inspect.getmodule(view), set(), [view]
    while todo:
        if (one := todo.pop()) in seen or not inspect.isfunction(one):
            continue
        seen.add(one)
        for used in ast.walk(ast.parse(dedent(inspect.getsource(one)))):
            if isinstance(used, ast.Attribute) and isinstance(used.value, ast.Name):
                if inspect.ismodule(found := getattr(module, used.value.id, None)):
                    yield f"{found.__name__}.{used.attr}"
            elif isinstance(used, ast.Name):
                found = getattr(module, used.id, None)
                if getattr(found, "__module__", "") == module.__name__:
                    todo.append(inspect.unwrap(found))


# The second factor


def set_up(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_wrong_codes_are_refused_and_the_right_one_is_a_proof(client, clinic_admin, now):
    secret = set_up(clinic_admin)
    with clock.at(now):
        client, _ = sign_in(clinic_admin)
        client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    cache.clear()  # a code is good once
    with later(now, minutes=6):
        assert client.post(ADD, {}).context["with_code"]
        assert asks(client.post(ADD, {reauth.CODE: "000000"}))
        assert not asks(client.post(ADD, {reauth.CODE: code_for(secret)}))


def test_after_an_hour_away_the_locked_page_wants_both(client, nurse, now):
    secret = set_up(nurse)
    with clock.at(now):
        client, _ = sign_in(nurse)
        client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    unlock, fetch = reverse("clinic:unlock"), {"X-Requested-With": "fetch"}
    with later(now, minutes=30):
        assert client.post(unlock, {"password": PASSWORD}, headers=fetch).status_code == 204
        client.get(reverse("patients:list"))
    with later(now, minutes=95):
        answer = client.post(unlock, {"password": PASSWORD}, headers=fetch)
        assert (answer.status_code, "more than an hour" in answer.json()["sentence"]) == (422, True)
        cache.clear()
        both = {"password": PASSWORD, "code": code_for(secret)}
        assert client.post(unlock, {**both, "password": "wrong"}, headers=fetch).status_code == 422
        cache.clear()
        assert client.post(unlock, both, headers=fetch).status_code == 204


def test_production_lets_nobody_in_without_a_second_factor(client, clinic_admin, patient, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(clinic_admin, client=client)
    for page in (reverse("patients:list"), reverse("clinic:staff"), reverse("journey:chart", args=[patient.pk])):
        answer = client.get(page)
        assert (answer.status_code, answer.url) == (302, reverse("mfa_activate_totp"))
        assert client.get(page, headers={"HX-Request": "true"}).status_code == 403
        assert client.post(page, {}).status_code == 403
    assert client.get(reverse("mfa_index")).status_code == 200
    set_up(clinic_admin)
    assert client.get(reverse("patients:list")).status_code == 200


def test_a_second_factor_that_is_asked_for_is_not_switched_off(client, nurse, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    secret = set_up(nurse)
    client, _ = sign_in(nurse)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    client.post(reverse("mfa_deactivate_totp"), {})
    assert Authenticator.objects.filter(user=nurse, type="totp").exists()


def test_a_changed_second_factor_ends_the_other_sessions(nurse, django_capture_on_commit_callbacks):
    here, _ = sign_in(nurse)
    there, _ = sign_in(nurse)
    assert there.get(reverse("patients:list")).status_code == 200
    page = here.get(reverse("mfa_activate_totp"), follow=True)
    page = here.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True) if page.redirect_chain else page
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("mfa_activate_totp"), {"code": code_for(page.context["form"].secret)})
    assert here.get(reverse("patients:list")).status_code == 200
    assert there.get(reverse("patients:list")).status_code == 302
    assert UserSession.objects.filter(user=nurse).count() == 1


def test_a_changed_password_ends_the_other_sessions(nurse):
    here, _ = sign_in(nurse)
    there, _ = sign_in(nurse)
    new = {"oldpassword": PASSWORD, "password1": "another quiet harbour", "password2": "another quiet harbour"}
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert (here.get("/patients/").status_code, there.get("/patients/").status_code) == (200, 302)


def test_a_role_that_was_taken_counts_no_more_at_the_next_click(client, nurse):
    sign_in(nurse, client=client)
    Membership.objects.filter(user=nurse).delete()
    assert Client().get("/patients/").status_code == 302
    assert client.get("/patients/").status_code == 403
