from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import integrity


class Command(BaseCommand):
    help = "Check sums, chains and states that span tables, and print what was checked."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        checked = 0
        for check in integrity.all_checks():
            lines = check.broken()
            checked += 1
            broken += bool(lines)
            self.stdout.write(f"{'BROKEN' if lines else 'ok':<8}{check.name}")
            for line in lines:
                self.stdout.write(f"        {line}")
        if broken:
            raise CommandError(f"{broken} of {checked} checks failed.")
        self.stdout.write(self.style.SUCCESS(f"{checked} checks, all hold."))
