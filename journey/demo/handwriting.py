"""Signatures of the people of the demo clinic: loops of a pen, each person’s own."""

from __future__ import annotations

from math import cos, pi, sin

from clinic.models import User
from patients import consents
from patients.models import Patient
from patients.signatures import Strokes


def sign(patient: Patient, *, turn: int, by: User) -> None:
    """The texts without which nobody is treated, signed on the nurse’s tablet in the patient’s language."""
    given = consents.Signature(
        signer_name=patient.legal_name,
        method="drawn",
        strokes=signature(turn),
        questions_answered=True,
        device="Tablet of the clinic",
    )
    for kind in consents.REQUIRED:
        text = consents.text_of(kind, patient.language)
        consents.sign(patient_id=patient.pk, kind=kind, text_sha256=text.sha256, signature=given, by=by)


def signature(turn: int) -> Strokes:
    """A line of loops that lean and lengthen with the person, and a stroke under it."""
    loops, height, lean = 4 + turn % 4, 60 + 15 * (turn % 5), 20 + 6 * (turn % 3)
    line = []
    for step in range(loops * 12 + 1):
        angle = step * pi / 6
        x = 140 + step * 620 / (loops * 12) + lean * sin(angle)
        y = 210 - height * (1 - step / (loops * 20)) * cos(angle + turn)
        line.append([round(x), round(y)])
    return [line, [[160, 320], [500, 305 + turn % 9], [820, 315]]]
