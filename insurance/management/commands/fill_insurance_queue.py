from typing import Any

from django.core.management.base import BaseCommand

from insurance import tasks


class Command(BaseCommand):
    help = "Put every check of benefits that is due on the queue. The same functions as the worker's ticks."

    def handle(self, *args: Any, **options: Any) -> None:
        lapsed, opened = tasks.expire_lapsed(), tasks.fill_queue()
        self.stdout.write(f"answers that no longer hold: {lapsed}; checks opened: {opened}")
