"""The pages of electronic inquiries: ask, download, take an answer, match it by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic.models import ReadEvent, Site, User
from clinic.policy import Role
from insurance.eligibility import inquire, receive
from insurance.models import Coverage, EligibilityAnswer, InquiryFile, Payer, Verification
from insurance.verification import open_check
from tests import build
from tests.insurance import x12

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_20_january")]
HOME, QUERIES = "insurance:electronic", 8


@pytest.fixture
def plan(plan: Coverage, site: Site) -> Coverage:
    Site.objects.filter(pk=site.pk).update(npi="1234567893")
    plan.payer.payer_id = "TIDE1"
    plan.payer.save()
    return plan


@pytest.fixture
def clerk(client: Client, insurance_admin: User) -> Client:
    client.force_login(insurance_admin)
    return client


def upload(clerk: Client, content: bytes) -> Any:
    return clerk.post(reverse(HOME), {"file": SimpleUploadedFile("answer.271", content)}, follow=True)


def test_check_is_asked_downloaded_and_answered(clerk: Client, plan: Coverage, check: Verification) -> None:
    page = clerk.post(reverse("insurance:inquire", args=[check.pk]), follow=True)
    inquiry = plan.inquiries.get()
    assert inquiry.trace in page.content.decode()
    file = clerk.get(reverse("insurance:inquiry-file", args=[inquiry.file.pk]))
    assert file.content.decode() == inquiry.file.content
    assert file["Content-Disposition"] == 'attachment; filename="evenkeel-000000001.270"'
    assert ReadEvent.objects.filter(patient_id=plan.patient_id, what="inquiry to a payer").count() == 1
    page = upload(clerk, x12.answer_to(inquiry, ["EB*1**98", "EB*B*IND*98***27*30*****Y", "MSG*WELL VISITS FREE"]))
    assert "Taken: 1 matched, 0 waiting" in page.content.decode()
    shown = clerk.get(reverse("insurance:verification", args=[check.pk])).content.decode()
    assert "$30" in shown
    assert "WELL VISITS FREE" in shown


def test_broken_upload_says_where_and_keeps_the_page(clerk: Client) -> None:
    page = upload(clerk, x12.file(x12.person()).replace(b"\nSE*", b"\nSE*9"))
    assert page.status_code == 422
    assert "nothing was changed. Segment" in page.content.decode()


def test_batch_says_what_could_not_be_asked(clerk: Client, plan: Coverage, insurance_admin: User) -> None:
    open_check(patient_id=plan.patient_id, leg="medical", due_on=plan.patient.site.today(), by=insurance_admin)
    Coverage.objects.update(member_id="")
    page = clerk.post(reverse("insurance:inquire-due"), follow=True).content.decode()
    assert "The plan has no member id. Write it as it stands on the card. Not asked about: Maya Torres." in page
    Coverage.objects.update(member_id="TWM4471")
    assert "One plan is asked about" in clerk.post(reverse("insurance:inquire-due"), follow=True).content.decode()
    assert "Nothing is due" in clerk.post(reverse("insurance:inquire-due"), follow=True).content.decode()


def test_one_cause_is_one_sentence_for_all_it_keeps_from_being_asked(
    clerk: Client, plan: Coverage, payer: Payer, site: Site, insurance_admin: User
) -> None:
    for number in range(7):
        one = build.patient(site, given_name=f"Ann{number}", family_name="Bell")
        Coverage.objects.create(patient=one, payer=payer, member_id="")
        open_check(patient_id=one.pk, leg="medical", due_on=site.today(), by=insurance_admin)
    page = clerk.post(reverse("insurance:inquire-due"), follow=True).content.decode()
    assert page.count("has no member id") == 1
    assert "Ann4 Bell and 2 more." in page


@pytest.fixture
def nobodys(insurance_admin: User, site: Site, plan: Coverage) -> EligibilityAnswer:
    content = x12.file(x12.person("", "NM1*IL*1*QUILLFEATHER*ZEPHYRINE****MI*SECRET99", "19790204"))
    (row,) = receive(content=content, name="a.271", by=insurance_admin, site=site).answers
    return row


def test_list_tells_unmatched_answers_apart_without_naming_anybody(clerk: Client, nobodys: EligibilityAnswer) -> None:
    page = clerk.get(reverse(HOME)).content.decode()
    assert "Z.Q., born 1979, member …ET99" in page
    assert "QUILLFEATHER" not in page
    page = clerk.get(reverse("insurance:answer", args=[nobodys.pk])).content.decode()
    assert "ZEPHYRINE QUILLFEATHER" in page
    assert "NM1*IL*1*QUILLFEATHER" in page
    assert ReadEvent.objects.filter(patient_id=nobodys.pk, what="answer of a payer, not matched").count() == 1


def test_unmatched_answer_is_matched_by_hand(clerk: Client, nobodys: EligibilityAnswer, plan: Coverage) -> None:
    address = reverse("insurance:answer", args=[nobodys.pk])
    found = clerk.get(address, {"q": plan.patient.family_name}).content.decode()
    assert f'value="{plan.pk}"' in found
    assert "Another birth date" in found
    page = clerk.post(reverse("insurance:answer-match", args=[nobodys.pk]), {"coverage": plan.pk}, follow=True)
    assert "The checks are filled" in page.content.decode()
    assert {check.state for check in Verification.objects.filter(coverage=plan)} == {"active"}
    assert clerk.post(reverse("insurance:answer-match", args=[nobodys.pk]), {"coverage": plan.pk}).status_code == 409
    assert clerk.post(reverse("insurance:answer-match", args=[nobodys.pk]), {"coverage": "x"}).status_code == 409


def test_unmatched_answer_is_put_aside_with_a_reason(clerk: Client, nobodys: EligibilityAnswer) -> None:
    address = reverse("insurance:answer-aside", args=[nobodys.pk])
    assert "Write in a few words" in clerk.post(address, {"reason": ""}, follow=True).content.decode()
    clerk.post(address, {"reason": "Of another clinic"})
    nobodys.refresh_from_db()
    assert (nobodys.state, nobodys.aside_reason) == ("aside", "Of another clinic")


def test_clerk_of_another_site_sees_nothing_of_it(
    client: Client, nobodys: EligibilityAnswer, plan: Coverage, insurance_admin: User, other_site: Site
) -> None:
    file = inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin).file
    client.force_login(build.user(Role.INSURANCE_ADMIN, Role.FRONT_DESK, at=other_site))
    assert "Z.Q." not in client.get(reverse(HOME)).content.decode()
    for name, pk in (("answer", nobodys.pk), ("answer-file", nobodys.file.pk), ("inquiry-file", file.pk)):
        assert client.get(reverse(f"insurance:{name}", args=[pk])).status_code == 404


def test_file_with_answers_of_two_sites_shows_each_clerk_their_own(
    client: Client, plan: Coverage, insurance_admin: User, other_site: Site
) -> None:
    inquiry = inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)
    client.force_login(build.user(Role.INSURANCE_ADMIN, at=other_site))
    page = upload(client, x12.answer_to(inquiry)).content.decode()
    assert "1 answer in it belongs to another site" in page
    assert plan.patient.family_name not in page


def test_number_of_queries_does_not_grow(
    clerk: Client, insurance_admin: User, site: Site, plan: Coverage, django_assert_num_queries: Any
) -> None:
    def more(number: int) -> None:
        bodies = [x12.person("", f"NM1*IL*1*DOE*J{place}****MI*{place}") for place in range(number)]
        receive(content=x12.file(*bodies, control=number), name=f"{number}.271", by=insurance_admin, site=site)
        inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)

    more(1)
    clerk.get(reverse(HOME))
    with django_assert_num_queries(QUERIES):
        clerk.get(reverse(HOME))
    more(3)
    with django_assert_num_queries(QUERIES):
        clerk.get(reverse(HOME))
    assert InquiryFile.objects.count() == 2
