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
    needs: str
    missing: str


WORDS = {
    "email": Words(
        version="2026-11",
        text=(
            "The clinic may send me reminders and links by email. Email is not always private: others who can open "
            "my mailbox could see that I have an appointment. I can take this back at any time."
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
        needs="phone",
        missing="There is no phone number in the record yet. Write it down first.",
    ),
}
