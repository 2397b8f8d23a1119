"""Photos of an insurance card: made plain, replaced but not lost, shown to those who may see coverage."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import ReadEvent
from patients import cards, links, pictures
from patients.models import InsuranceCard, PatientLink
from tests import build


def photo(kind="JPEG", size=(800, 500), color="#4060a0", **extra) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, color).save(written, kind, **extra)
    return written.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it is `side` pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(side))) + chunk(b"IEND", b"")
    )


def keep(patient, by, upload=None, side="front", link=None) -> InsuranceCard:
    return cards.keep(patient_id=patient.pk, side=side, upload=upload or photo(), by=by, link=link)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_plain_jpeg_without_the_notes_of_the_camera(kind):
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Camera of somebody", {1: "N"}
    made = cards.readable(photo(kind, (2000, 1250), exif=exif), field="front")
    picture = Image.open(BytesIO(made))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (1600, 1000), {})
    assert b"Camera" not in made


def test_a_photo_held_upright_is_kept_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(BytesIO(cards.readable(photo(size=(800, 500), exif=exif), field="front"))).size == (500, 800)


def test_what_is_transparent_becomes_white():
    written = BytesIO()
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(written, "PNG")
    assert Image.open(BytesIO(cards.readable(written.getvalue(), field="front"))).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (b"", pictures.UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", pictures.UNREADABLE),
        (b"\xff\xd8\xff\xe0<script>", pictures.UNREADABLE),
        (photo("GIF"), pictures.UNREADABLE),
        (photo("TIFF"), pictures.UNREADABLE),
        (b"%PDF-1.7", pictures.UNREADABLE),
        (photo()[:300], pictures.UNREADABLE),
        (b"\0\0\0\x18ftypheic" + bytes(300), pictures.HEIC),
        (b"\0\0\0\x18ftypmif1" + bytes(300), pictures.HEIC),
        (bomb(5001), pictures.PIXELS),
        (bomb(60_000), pictures.PIXELS),
        (b"0" * (pictures.MOST_BYTES + 1), pictures.LARGE),
        (photo(size=(800, 239)), cards.TINY),
        (photo(size=(239, 800)), cards.TINY),
    ],
    ids=["empty", "svg", "script as jpeg", "gif", "tiff", "pdf", "cut off", "heic", "heif", "bomb", "large bomb",
         "too many bytes", "too low", "too narrow"],
)  # fmt: skip
def test_each_thing_that_is_no_photo_of_a_card_is_refused_with_its_own_sentence(upload, sentence):
    with pytest.raises(Invalid) as refused:
        cards.readable(upload, field="back")
    assert refused.value.fields == {"back": str(sentence)}


def test_a_newer_photo_takes_the_place_and_the_older_one_stays(patient, front_desk):
    first = keep(patient, front_desk)
    second = keep(patient, front_desk, photo(color="#a04060"))
    back = keep(patient, front_desk, side="back")
    first.refresh_from_db()
    assert first.replaced_at == second.taken_at
    assert cards.present(patient) == {"front": second, "back": back}
    assert cards.on_file(patient).count() == 3


def test_the_same_photo_twice_is_kept_once(patient, front_desk):
    assert keep(patient, front_desk) == keep(patient, front_desk)
    assert InsuranceCard.objects.count() == 1


def test_a_side_that_a_card_does_not_have_is_refused(patient, front_desk):
    with pytest.raises(Invalid, match="front or the back"):
        keep(patient, front_desk, side="edge")


def test_a_photo_of_another_card_is_taken_away_and_stays_on_file(patient, front_desk, nurse, stranger):
    card = keep(patient, front_desk)
    for user, error in ((nurse, NotPermitted), (stranger, NotFound)):
        with pytest.raises(error):
            cards.take_away(card_id=card.pk, by=user)
    cards.take_away(card_id=card.pk, by=front_desk)
    assert (cards.present(patient), InsuranceCard.objects.count()) == ({}, 1)


def test_staff_need_the_right_and_a_stranger_finds_nothing(patient, nurse, stranger):
    with pytest.raises(NotPermitted):
        keep(patient, nurse)
    with pytest.raises(NotFound):
        keep(patient, stranger)


def test_by_link_only_the_patient_of_the_link_is_reached(patient, site):
    links.make(patient_id=patient.pk, purpose="intake", by=None)
    link = PatientLink.objects.get()
    assert keep(patient, None, link=link).link == link
    with pytest.raises(NotFound):
        keep(build.patient(site, given_name="Ben"), None, link=link)
    with pytest.raises(NotFound):
        keep(patient, None)


def test_the_database_keeps_one_photo_in_use_a_side_from_somebody(patient, front_desk):
    keep(patient, front_desk)
    for facts in ({"taken_by": front_desk}, {"side": "back"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InsuranceCard.objects.create(**({"patient": patient, "side": "front", "jpeg": b"x"} | facts))


# Pages


def send(client, patient, **sides):
    files = {f"card_{side}": SimpleUploadedFile("card.jpg", upload) for side, upload in sides.items()}
    return client.post(reverse("patients:card-new", args=[patient.pk]), files, follow=True).content.decode()


def test_the_desk_keeps_both_sides_and_a_refused_one_does_not_cost_the_other(client, patient, front_desk):
    client.force_login(front_desk)
    page = send(client, patient, front=photo(), back=b"\0\0\0\x18ftypheic" + bytes(300))
    assert "Front of the card: the photo is kept." in page
    assert "Back of the card: This picture is in a format of the phone" in page
    assert set(cards.present(patient)) == {"front"}
    assert "Front of the insurance card, in full size" in page
    assert "Choose a photo of the card first." in send(client, patient)


def test_an_earlier_photo_can_still_be_opened(client, patient, insurance_admin):
    client.force_login(insurance_admin)
    send(client, patient, front=photo())
    first = InsuranceCard.objects.get()
    page = send(client, patient, front=photo(color="red"))
    assert reverse("patients:card", args=[first.pk]) in page
    assert client.get(reverse("patients:card", args=[first.pk])).status_code == 200


def test_a_card_is_shown_to_those_who_see_coverage_unkept_and_the_read_is_written(
    client, patient, front_desk, nurse, stranger
):
    card = keep(patient, front_desk)
    address = reverse("patients:card", args=[card.pk])
    for user, status in ((nurse, 403), (stranger, 404), (front_desk, 200)):
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status
    assert answer.content == bytes(card.jpeg)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store, private")
    assert answer["X-Content-Type-Options"] == "nosniff"
    reads = ReadEvent.objects.filter(patient_id=patient.pk, what="insurance card")
    assert [read.user for read in reads] == [front_desk]
    client.logout()
    assert client.get(address).status_code == 302
