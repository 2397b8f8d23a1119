from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reminders import paging
from reminders.dispatch import dispatch_due
from reminders.webhooks import dispatch as webhooks


class Command(BaseCommand):
    help = (
        "Page staff for alerts that wait, send every message that is due, and tell other systems what happened. "
        "The same functions as the worker's ticks; works without a broker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, help="Handle at most this many messages.")

    def handle(self, *args: Any, limit: int | None = None, **options: Any) -> None:
        with paging.alone() as mine:
            self.stdout.write(f"pages: {paging.run() if mine else 'somebody else is paging'}")
        self.stdout.write(str(dispatch_due(limit=limit)))
        self.stdout.write(f"other systems: {webhooks.work()}")
