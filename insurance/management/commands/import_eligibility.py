"""`manage.py import_eligibility FILE`; without FILE, one round with the clearing house."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import history
from clinic.errors import DomainError
from clinic.models import User
from insurance import clearing
from insurance.eligibility import Receipt, receive
from insurance.exchange import exchange
from insurance.models import EligibilityAnswer
from insurance.x12.segments import MOST_BYTES

State = EligibilityAnswer.State


class Command(BaseCommand):
    help = "Take an answer of a payer (271). Repeatable: the same file a second time changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a 271 file; none: send and fetch at the clearing house")
        parser.add_argument("--by", help="the email of the person in whose name it is done; none: of who asked")

    def handle(self, *args: Any, **options: Any) -> None:
        by, path = self._user(options["by"]), options["file"]
        with history.acting(by.pk if by else None, source="command"):
            if path:
                self._tell(self._take(path, by))
            else:
                self._round()

    def _user(self, email: str | None) -> User | None:
        user = User.objects.filter(email__iexact=email or "", is_active=True).first()
        if email and user is None:
            raise CommandError(f"Nobody here has the email {email}.")
        return user

    def _take(self, path: Path, by: User | None) -> Receipt:
        try:
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{path} can’t be read: {error.strerror}.") from None
        try:
            return receive(content=content, name=path.name, by=by)
        except DomainError as error:
            raise CommandError(error.sentence) from None

    def _tell(self, receipt: Receipt) -> None:
        if receipt.again:
            self.stdout.write("This file was taken before; nothing was changed.")
        for remark in receipt.file.remarks:
            self.stdout.write(remark)
        for answer in receipt.answers:
            why = f": {answer.why}" if answer.why else ""
            self.stdout.write(f"{answer.position}. {answer.get_state_display()}{why} {answer.says}")
        taken, waiting = receipt.count(State.TAKEN), receipt.count(*EligibilityAnswer.WAITING)
        self.stdout.write(f"Together: {taken} matched, {waiting} waiting, {receipt.file.repeated} known from before.")

    def _round(self) -> None:
        if clearing.house() is None:
            raise CommandError("Name a file: no clearing house is set (CLEARING_OUTBOX and its three companions).")
        counts = exchange()
        if counts.trouble:
            raise CommandError(f"The clearing house can’t be reached. {counts.trouble}")
        self.stdout.write(f"{counts.sent} sent, {counts.read} read, {counts.refused} refused.")
