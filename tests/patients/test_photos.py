"""The photo of a patient: made small and plain, kept one at a time, shown to staff of the site alone."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageOps

from clinic.errors import Invalid, NotPermitted
from patients import photos, pictures
from patients.models import PatientPhoto


def picture(kind="JPEG", size=(900, 600), **extra) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "#c08060").save(written, kind, **extra)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_small_square_without_the_notes_of_the_camera(kind):
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    made = Image.open(BytesIO(photos.small(picture(kind, exif=exif))))
    assert (made.format, made.size, dict(made.getexif())) == ("JPEG", (320, 320), {})


@pytest.mark.parametrize(
    "upload",
    [b"", b"<svg onload='x'/>", picture("GIF"), picture()[:200], b"0" * (pictures.MOST_BYTES + 1)],
    ids=["empty", "svg", "gif", "cut off", "too large"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(upload):
    with pytest.raises(Invalid, match="picture"):
        photos.small(upload)


@pytest.mark.parametrize(
    ("kind", "pixels", "fits"), [("JPEG", 12_000, True), ("JPEG", 61_000, False), ("PNG", 26_000, False)]
)
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(monkeypatch, kind, pixels, fits):
    monkeypatch.setattr(pictures, "MOST_PIXELS", {name: most // 1000 for name, most in pictures.MOST_PIXELS.items()})
    upload = picture(kind, size=(pixels // 100, 100))
    if fits:
        assert photos.small(upload)
    else:
        with pytest.raises(Invalid, match="too many pixels"):
            photos.small(upload)


def test_a_large_jpeg_is_read_at_a_fraction_of_its_size(monkeypatch):
    read = []
    turn = ImageOps.exif_transpose
    monkeypatch.setattr(ImageOps, "exif_transpose", lambda one: turn(read.append(one.size) or one))
    photos.small(picture(size=(4000, 2800)))
    assert read == [(1000, 700)]


def test_the_desk_takes_a_photo_and_a_new_one_replaces_it(client, patient, front_desk):
    client.force_login(front_desk)
    for _ in range(2):
        upload = SimpleUploadedFile("face.jpg", picture())
        client.post(reverse("patients:photo-new", args=[patient.pk]), {"photo": upload})
    assert [photo.removed_at is None for photo in PatientPhoto.objects.all()] == [True, False]
    shown = client.get(reverse("patients:photo", args=[patient.pk]))
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store, private")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "Photo of Maya Torres" in client.get(reverse("patients:edit", args=[patient.pk])).content.decode()
    client.post(reverse("patients:photo-new", args=[patient.pk]), {"remove": "1"})
    assert client.get(reverse("patients:photo", args=[patient.pk])).status_code == 404


def test_a_stranger_finds_no_photo_and_a_therapist_changes_none(client, patient, nurse, therapist, stranger):
    photos.keep(patient_id=patient.pk, upload=picture(), by=nurse)
    with pytest.raises(NotPermitted):
        photos.keep(patient_id=patient.pk, upload=picture(), by=therapist)
    client.force_login(stranger)
    assert client.get(reverse("patients:photo", args=[patient.pk])).status_code == 404
    client.logout()
    assert client.get(reverse("patients:photo", args=[patient.pk])).status_code == 302
