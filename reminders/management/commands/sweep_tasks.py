from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import history
from reminders import sweeping


class Command(BaseCommand):
    help = "Open, close and escalate the follow-up tasks that time makes due. The same function as the worker's tick."

    def handle(self, *args: Any, **options: Any) -> None:
        with history.acting(None, source="command"):
            done = sweeping.sweep()
        if done is None:
            self.stdout.write("somebody else is at it")
            return
        self.stdout.write(str(done))
        if done.failed:
            raise CommandError("Some of it was left out; the log says why.")
