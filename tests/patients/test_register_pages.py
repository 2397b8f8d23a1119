"""The pages of the register: who may open them, what they show, what they refuse."""

import pytest
from django.urls import reverse

from clinic.models import ReadEvent
from patients.models import Patient
from tests.patients.people import asked, register

TYPED = {
    "given_name": "Maya",
    "family_name": "Torres",
    "birth_date": "1984-03-14",
    "sex": "female",
    "phone": "(555) 013-7740",
    "language": "en",
}


def _as(client, user):
    client.force_login(user)
    return client


def test_a_new_patient_is_registered_and_their_chart_opens(client, front_desk) -> None:
    answer = _as(client, front_desk).post(reverse("patients:new"), TYPED)
    someone = Patient.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("journey:chart", args=[someone.pk])
    assert someone.phone == "+15550137740"


def test_what_is_wrong_is_said_and_what_was_typed_stays(client, front_desk) -> None:
    answer = _as(client, front_desk).post(
        reverse("patients:new"), TYPED | {"phone": "555", "family_name": "O’Neill <b>"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "with its area code" in page
    assert "O’Neill &lt;b&gt;" in page
    assert not Patient.objects.exists()


def test_a_likely_duplicate_is_shown_beside_what_was_typed(client, site, front_desk) -> None:
    known = register(site, front_desk, "Maia", "Torrez")
    _as(client, front_desk)
    answer = client.post(reverse("patients:new"), TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Name sounds alike, same birth date" in page
    assert known.mrn in page
    assert reverse("journey:chart", args=[known.pk]) in page
    assert Patient.objects.count() == 1
    assert ReadEvent.objects.get().patient_id == known.pk


def test_someone_new_after_looking_is_registered(client, site, front_desk) -> None:
    register(site, front_desk)
    answer = _as(client, front_desk).post(reverse("patients:new"), TYPED | {"confirmed_new": "1"})
    assert answer.status_code == 302
    assert Patient.objects.count() == 2


def test_back_from_the_duplicates_the_form_is_as_it_was(client, site, front_desk) -> None:
    register(site, front_desk)
    answer = _as(client, front_desk).post(reverse("patients:new"), TYPED | {"change": "1"})
    assert answer.status_code == 200
    assert 'value="(555) 013-7740"' in answer.content.decode()
    assert Patient.objects.count() == 1


def test_a_duplicate_at_a_strange_site_is_not_given_away(client, other_site, stranger, front_desk) -> None:
    register(other_site, stranger)
    assert _as(client, front_desk).post(reverse("patients:new"), TYPED).status_code == 302


def _edited(client, patient: Patient, **changes: str) -> dict[str, str]:
    """What the browser would send from the form as it stands, with `changes` typed into it."""
    form = client.get(reverse("patients:edit", args=[patient.pk])).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in shown.items()} | changes


def test_an_edit_is_saved(client, site, front_desk) -> None:
    someone = register(site, front_desk, phone="555 013 7740")
    typed = _edited(_as(client, front_desk), someone, city="Reno")
    assert typed["phone"] == "(555) 013-7740"
    answer = client.post(reverse("patients:edit", args=[someone.pk]), typed)
    assert answer.status_code == 302
    someone.refresh_from_db()
    assert (someone.city, someone.phone) == ("Reno", "+15550137740")


def test_an_edit_over_a_colleague_shows_the_difference_and_then_goes_through(client, site, front_desk, nurse) -> None:
    from patients import registration

    someone = register(site, front_desk, city="Reno", state="NV")
    typed = _edited(_as(client, front_desk), someone, city="Elko")
    registration.update(patient_id=someone.pk, by=nurse, city="Sparks", state="CA")
    answer = client.post(reverse("patients:edit", args=[someone.pk]), typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Sparks" in page
    assert "<b>Elko</b> (yours)" in page
    someone.refresh_from_db()
    assert someone.city == "Sparks"
    again = {name: answer.context["form"][name].value() or "" for name in answer.context["form"].fields}
    assert (again["city"], again["state"]) == ("Elko", "CA")
    assert client.post(reverse("patients:edit", args=[someone.pk]), again).status_code == 302
    someone.refresh_from_db()
    assert (someone.city, someone.state) == ("Elko", "CA")


def test_an_edit_with_a_broken_seal_changes_nothing(client, site, front_desk) -> None:
    someone = register(site, front_desk, city="Reno")
    typed = _edited(_as(client, front_desk), someone, city="Elko", seen="forged")
    answer = client.post(reverse("patients:edit", args=[someone.pk]), typed)
    assert answer.status_code == 422
    assert "Open it again" in answer.content.decode()
    someone.refresh_from_db()
    assert someone.city == "Reno"


def test_a_name_is_never_markup(client, site, front_desk) -> None:
    evil = "<script>alert(1)</script>"
    someone = register(site, front_desk, evil, "\"'><img src=x>", preferred_name=evil)
    _as(client, front_desk)
    for address in (
        reverse("patients:list"),
        reverse("patients:search") + "?q=script",
        reverse("patients:edit", args=[someone.pk]),
        reverse("patients:contacts", args=[someone.pk]),
    ):
        page = client.get(address).content.decode()
        assert "alert(1)" in page
        assert evil not in page
        assert "<img src=x>" not in page


OPEN = ["patients:edit", "patients:contacts", "patients:history"]


@pytest.mark.parametrize("name", OPEN)
def test_opening_a_record_leaves_a_line_in_the_read_log(client, site, provider, name) -> None:
    someone = register(site, provider)
    assert _as(client, provider).get(reverse(name, args=[someone.pk])).status_code == 200
    read = ReadEvent.objects.get()
    assert (read.user, read.patient_id, read.route) == (provider, someone.pk, name)


@pytest.mark.parametrize("name", OPEN)
def test_a_stranger_finds_nothing_and_leaves_no_line(client, site, provider, stranger, name) -> None:
    someone = register(site, provider)
    assert _as(client, stranger).get(reverse(name, args=[someone.pk])).status_code == 404
    assert not ReadEvent.objects.exists()


def test_the_front_desk_never_sees_the_history(client, site, front_desk, insurance_admin) -> None:
    someone = register(site, front_desk)
    for user in (front_desk, insurance_admin):
        assert _as(client, user).get(reverse("patients:history", args=[someone.pk])).status_code == 403


def test_a_right_at_another_site_opens_nothing_here(client, site, other_site, front_desk) -> None:
    """A nurse of Lakeside who is front desk at Pine Street doesn't read charts at Pine Street."""
    from clinic.models import Membership
    from clinic.policy import Role

    someone = register(site, front_desk)
    Membership.objects.create(user=front_desk, site=other_site, role=Role.NURSE)
    assert _as(client, front_desk).get(reverse("patients:history", args=[someone.pk])).status_code == 403
    assert not ReadEvent.objects.exists()


def test_a_therapist_edits_no_record(client, site, front_desk, therapist) -> None:
    someone = register(site, front_desk)
    _as(client, therapist)
    assert client.get(reverse("patients:edit", args=[someone.pk])).status_code == 403
    assert client.get(reverse("patients:new")).status_code == 403
    assert client.get(reverse("patients:contacts", args=[someone.pk])).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_for_one_and_for_three(client, site, front_desk, count) -> None:
    """The roles with their sites, the count and the rows; the number of inquiries beside the menu."""
    for number in range(count):
        register(site, front_desk, f"Maya{number}")
    assert asked(_as(client, front_desk), reverse("patients:list")) == 3


def test_the_list_is_of_the_present_site_and_in_pages(client, site, other_site, front_desk, stranger) -> None:
    register(other_site, stranger, "Otto", "Fremd")
    for number in range(26):
        register(site, front_desk, f"Maya{number}")
    _as(client, front_desk)
    page = client.get(reverse("patients:list")).content.decode()
    assert "1–25 of 26" in page
    assert "Fremd" not in page
    assert client.get(reverse("patients:list") + "?page=2").content.decode().count("ek-table-name") == 1


def test_the_list_by_text(client, site, front_desk) -> None:
    register(site, front_desk)
    register(site, front_desk, "Sanna", "Lindqvist")
    page = _as(client, front_desk).get(reverse("patients:list") + "?q=lindquist").content.decode()
    assert "Lindqvist" in page
    assert "Torres" not in page


def test_search_answers_the_box_and_the_page(client, site, front_desk, stranger) -> None:
    someone = register(site, front_desk, preferred_name="Mimi")
    _as(client, front_desk)
    address = reverse("patients:search") + "?q=maya"
    box = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'role="option"' in box
    assert "Mimi" in box
    assert someone.mrn in box
    assert "<html" not in box
    page = client.get(address).content.decode()
    assert "<html" in page
    assert "Pine Street" in page
    assert someone.mrn not in _as(client, stranger).get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_search_asks_the_same_for_one_and_for_three(client, site, front_desk, count) -> None:
    """The roles with their sites, those who begin so, those who are alike."""
    for number in range(count):
        register(site, front_desk, f"Maya{number}")
    assert asked(_as(client, front_desk), reverse("patients:search") + "?q=maya", box=True) == 3


def test_an_empty_search_finds_nobody_and_says_nothing_in_the_box(client, site, front_desk) -> None:
    register(site, front_desk)
    box = _as(client, front_desk).get(reverse("patients:search") + "?q=", headers={"HX-Request": "true"})
    assert "role=" not in box.content.decode()
