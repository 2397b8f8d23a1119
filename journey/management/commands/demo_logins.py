from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from clinic.models import User
from clinic.policy import Role
from journey.demo import cast


class Command(BaseCommand):
    help = "Print one login for each role of the demo clinic."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            return
        shown: set[Role] = set()
        for name, _, login, roles, _ in cast.STAFF:
            new = set(roles) - shown
            email = f"{login}@evenkeel.example"
            if new and User.objects.filter(email=email).exists():
                shown |= new
                self.stdout.write(
                    f"{', '.join(sorted(role.label for role in new)):<16} {email:<32} {cast.PASSWORD}   {name}"
                )
