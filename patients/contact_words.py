"""The words a patient agrees to before a channel is used. New words get a new version; old ones stay with who agreed.

Sources: 45 CFR 164.522(b) (the patient may ask to be reached in a certain way), 47 CFR 64.1200 (texts need consent,
which can be taken back at any time). No treatment is named: the words may be seen by others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    version: str
    text: str
    spanish: str
    needs: str
    missing: str

    def said(self, language: str) -> str:
        """The words in a language; English where we have no other."""
        return self.spanish if language == "es" else self.text


WORDS = {
    "email": Words(
        version="2026-11",
        text=(
            "The clinic may send me reminders and links by email. Email is not always private: others who can open "
            "my mailbox could see that I have an appointment. I can take this back at any time."
        ),
        spanish=(
            "La clínica puede enviarme recordatorios y enlaces por correo electrónico. El correo no siempre "
            "es privado: otras personas que pueden abrir mi correo podrían ver que tengo una cita. Puedo retirar este "
            "permiso en cualquier momento."
        ),
        needs="email",
        missing="There is no email address in the record yet. Write it down first.",
    ),
    "text": Words(
        version="2026-11",
        text=(
            "The clinic may send me reminders and links by text message, a few for each visit. Message and data rates "
            "may apply. Texts are not always private. I can take this back at any time, also by answering STOP."
        ),
        spanish=(
            "La clínica puede enviarme recordatorios y enlaces por mensaje de texto, unos pocos por cada cita. Pueden "
            "aplicarse tarifas de mensajes y datos. Los mensajes de texto no siempre son privados. Puedo retirar este "
            "permiso en cualquier momento, también respondiendo STOP."
        ),
        needs="phone",
        missing="There is no phone number in the record yet. Write it down first.",
    ),
}
