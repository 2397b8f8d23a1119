from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reminders.dispatch import dispatch_due


class Command(BaseCommand):
    help = "Send every message that is due. The same function as the worker's tick; works without a broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, help="Handle at most this many messages.")

    def handle(self, *args: Any, limit: int | None = None, **options: Any) -> None:
        self.stdout.write(str(dispatch_due(limit=limit)))
