"""The clearing house as directories: whole files or none, nothing written over, and no page that falls with it."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinic.models import Site, User
from insurance import clearing, eligibility_answers, tasks
from insurance.eligibility import inquire
from insurance.exchange import exchange
from insurance.models import AnswerFile, Coverage, InquiryFile, Verification
from tests.insurance import x12

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_20_january")]


@pytest.fixture
def drop(tmp_path: Path, settings: Any) -> dict[str, Path]:
    places = {name: tmp_path / name for name in ("outbox", "inbox", "read", "refused")}
    for place in places.values():
        place.mkdir()
    settings.CLEARING_HOUSE = {name: str(place) for name, place in places.items()}
    return places


@pytest.fixture
def plan(plan: Coverage, site: Site) -> Coverage:
    Site.objects.filter(pk=site.pk).update(npi="1234567893")
    plan.payer.payer_id = "TIDE1"
    plan.payer.save()
    return plan


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_round_sends_what_waits_and_reads_what_came(
    plan: Coverage, insurance_admin: User, drop: dict[str, Path]
) -> None:
    inquiry = inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)
    assert inquiry.file.way == InquiryFile.Way.DROP
    (drop["inbox"] / "good.271").write_bytes(x12.answer_to(inquiry))
    (drop["inbox"] / "bad.271").write_bytes(b"ISA")
    for left in (".hidden.271", "half.part", "notes.pdf"):
        (drop["inbox"] / left).write_text("x")
    (drop["inbox"] / "link.271").symlink_to(drop["inbox"] / "good.271")
    counts = exchange()
    assert (counts.sent, counts.read, counts.refused, counts.trouble) == (1, 1, 1, "")
    assert names(drop["outbox"]) == ["evenkeel-000000001.270"]
    assert (drop["outbox"] / "evenkeel-000000001.270").read_text() == inquiry.file.content
    assert names(drop["inbox"]) == [".hidden.271", "half.part", "link.271", "notes.pdf"]
    assert names(drop["read"]) == ["good.271"]
    assert names(drop["refused"]) == ["bad.271", "bad.271.why"]
    assert "cut off" in (drop["refused"] / "bad.271.why").read_text()
    assert Verification.objects.get(coverage=plan).state == "active"
    assert exchange().sent == 0


def test_file_that_was_read_but_not_put_away_is_known(
    plan: Coverage, insurance_admin: User, drop: dict[str, Path]
) -> None:
    inquiry = inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)
    for name in ("a.271", "b.271"):
        (drop["inbox"] / name).write_bytes(x12.answer_to(inquiry))
    (drop["read"] / "a.271").write_text("an earlier one")
    assert tasks.exchange() == 3
    assert names(drop["read"]) == ["a-2.271", "a.271", "b.271"]
    assert AnswerFile.objects.count() == 1


def test_missing_directory_takes_nothing_down(
    client: Client, plan: Coverage, insurance_admin: User, drop: dict[str, Path]
) -> None:
    for place in drop.values():
        place.rmdir()
    inquiry = inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)
    counts = exchange()
    assert (counts.sent, counts.read) == (0, 0)
    assert counts.trouble
    inquiry.file.refresh_from_db()
    assert inquiry.file.sent_at is None
    client.force_login(insurance_admin)
    page = client.get(reverse("insurance:electronic"))
    assert page.status_code == 200
    assert "directory outbox is missing" in page.content.decode()
    drop["outbox"].mkdir()
    assert exchange().sent == 1


def test_file_that_breaks_the_reader_holds_up_no_other(
    plan: Coverage, insurance_admin: User, drop: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    inquiry = inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)
    (drop["inbox"] / "a.271").write_text("poison")
    (drop["inbox"] / "b.271").write_bytes(x12.answer_to(inquiry))
    os.utime(drop["inbox"] / "a.271", (0, 0))
    taken = eligibility_answers.reading.read

    def read(content: bytes) -> Any:
        return 1 / 0 if content == b"poison" else taken(content)

    monkeypatch.setattr(eligibility_answers.reading, "read", read)
    counts = exchange()
    assert (counts.read, counts.trouble) == (1, "A file could not be taken; the log says why.")
    assert names(drop["inbox"]) == ["a.271"]


def test_half_a_setting_is_none(settings: Any, drop: dict[str, Path]) -> None:
    settings.CLEARING_HOUSE = {**settings.CLEARING_HOUSE, "inbox": ""}
    assert clearing.house() is None


def test_unreadable_reason_does_not_hide_the_others(drop: dict[str, Path]) -> None:
    (drop["refused"] / "a.271.why").write_bytes(b"\xff\xfe\xff")
    (drop["refused"] / "b.271.why").write_text("Segment 3 (GS): odd.")
    house = clearing.house()
    assert house is not None
    assert house.condition().refused == [("a.271", "The reason can’t be read."), ("b.271", "Segment 3 (GS): odd.")]


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("import_eligibility", *arguments, stdout=out)
    return out.getvalue()


def test_command_takes_a_file_and_says_what_became_of_it(plan: Coverage, insurance_admin: User, tmp_path: Path) -> None:
    path = tmp_path / "answer.271"
    path.write_bytes(x12.answer_to(inquire(coverage_id=plan.pk, legs=["medical"], by=insurance_admin)))
    assert "1 matched, 0 waiting, 0 known" in told(str(path))
    assert "taken before; nothing was changed" in told(str(path), "--by", insurance_admin.email)
    path.write_bytes(b"ISA")
    with pytest.raises(CommandError, match="nothing was changed"):
        told(str(path))
    with pytest.raises(CommandError, match="can’t be read"):
        told(str(tmp_path / "gone"))
    with pytest.raises(CommandError, match="Nobody here"):
        told(str(path), "--by", "nobody@example.org")
    with pytest.raises(CommandError, match="no clearing house is set"):
        told()


def test_command_makes_a_round(drop: dict[str, Path]) -> None:
    assert told() == "0 sent, 0 read, 0 refused.\n"
    drop["inbox"].rmdir()
    with pytest.raises(CommandError, match="can’t be reached"):
        told()
