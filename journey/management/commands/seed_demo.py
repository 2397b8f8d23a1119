import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic.models import User
from journey.demo.seed import seed


class Command(BaseCommand):
    help = "Fill an empty database with the demo clinic: invented people in every stage, as of now."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo clinic has known passwords. It is never made in production.")
        if User.objects.exists():
            raise CommandError("This database is in use. The demo clinic is made in an empty one only.")
        began = time.monotonic()
        made = seed(self.stdout.write)
        summary = ", ".join(f"{number} {what}" for what, number in made.items())
        self.stdout.write(f"Demo clinic ready in {time.monotonic() - began:.0f} s: {summary}.")
