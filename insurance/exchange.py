"""One round with the clearing house: what waits goes out, what came is read. A tick and a command call it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from clinic import advisory, clock
from clinic.errors import Invalid
from insurance import clearing
from insurance.eligibility_answers import receive
from insurance.models import InquiryFile

log = logging.getLogger(__name__)


@dataclass
class Counts:
    sent: int = 0
    read: int = 0
    refused: int = 0
    trouble: str = ""


def exchange() -> Counts:
    """Send the inquiries that wait, read the answers that came. Never raises for a house that is out of reach.

    Each file is a step of its own: one that was sent or read stays so, whatever becomes of the next. A file that was
    read but not put away, because the worker died, is known by its bytes the next time.
    """
    counts, house = Counts(), clearing.house()
    if house is None:
        return counts
    with advisory.alone("insurance.exchange") as mine:
        if not mine:
            return counts
        for step in (_send, _read):
            try:
                step(house, counts)
            except clearing.Unreachable as error:
                counts.trouble = str(error)
                log.warning("clearing house: %s", error)
    return counts


def _send(house: clearing.ClearingHouse, counts: Counts) -> None:
    waiting = InquiryFile.objects.filter(way=InquiryFile.Way.DROP, sent_at__isnull=True).order_by("control_number")
    for file in waiting[: clearing.MOST_AT_ONCE]:
        house.send(file.name, file.content)
        file.sent_at = clock.now()
        file.save(update_fields=["sent_at"])
        counts.sent += 1


def _read(house: clearing.ClearingHouse, counts: Counts) -> None:
    for came in house.arrived():
        try:
            receive(content=came.content, name=came.name, by=None)
        except Invalid as error:
            house.failed(came.name, error.sentence)
            counts.refused += 1
        except Exception:
            # It stays where it is, for somebody to look at; the files behind it are read all the same.
            log.exception("clearing house: a file could not be taken")
            counts.trouble = "A file could not be taken; the log says why."
        else:
            house.done(came.name)
            counts.read += 1
