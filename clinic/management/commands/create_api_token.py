from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.api import tokens
from clinic.errors import DomainError
from clinic.models import Membership, User
from clinic.policy import Role

USUAL_DAYS = 90


class Command(BaseCommand):
    """For the machine room: pages make tokens of the person who is signed in."""

    help = "Make an API token for a member of staff, in one role at one site, and print its secret once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=[role.value for role in Role], help="the first one held, by default")
        parser.add_argument("--site", help="the site’s code; the first, by default")
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help=f"valid for so many days ({USUAL_DAYS})")
        parser.add_argument("--name", default="Made by command", help="the system that will hold it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        held = self._held(user, options["role"], options["site"])
        try:
            made, secret = tokens.issue(
                user=user, role=Role(held.role), site=held.site, name=options["name"], days=options["days"]
            )
        except DomainError as error:
            raise CommandError(error.sentence) from error
        self.stderr.write(f"{made.name}: {user}, {Role(held.role).label} at {held.site}, until {made.expiry:%Y-%m-%d}.")
        self.stdout.write(secret)

    def _held(self, user: User, role: str | None, site: str | None) -> Membership:
        """The first of the person's roles that fits what was named; the others are told."""
        held = [one for one in user.roles_held if role in (None, one.role) and site in (None, one.site.code)]
        choices = ", ".join(f"--role {one.role} --site {one.site.code}" for one in user.roles_held) or "no role at all"
        if not held:
            raise CommandError(f"{user} does not hold that role there, but: {choices}.")
        if len(held) > 1:
            self.stderr.write(f"{user} has: {choices}. The first is taken.")
        return held[0]
