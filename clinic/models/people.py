"""The people who work here, and what they may do where."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from clinic import clock
from clinic.history import audited
from clinic.models.places import Site
from clinic.policy import Role
from clinic.records import Record


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


@audited
class User(Record, AbstractBaseUser):
    """A member of staff. Rights come from `Membership` alone; there is no superuser who may read everything."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    signature_name = models.CharField(
        max_length=120,
        blank=True,
        help_text="As it stands under signed records, with credentials.",
    )
    licence = models.CharField(max_length=60, blank=True)
    npi = models.CharField("NPI", max_length=10, blank=True)
    mobile = models.CharField(max_length=20, blank=True, help_text="Where pages reach the person by text, as E.164.")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        ordering: ClassVar[list[str]] = ["full_name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def signs_as(self) -> str:
        return self.signature_name or self.full_name

    @property
    def called(self) -> str:
        """The name without its title: “Miriam” of “Dr Miriam Hale”."""
        words = [word for word in self.full_name.split() if word.lower().rstrip(".") not in {"dr", "prof"}]
        return words[0] if words else self.full_name

    @property
    def initials(self) -> str:
        words = [word for word in self.full_name.split() if word.lower().rstrip(".") not in {"dr", "prof"}]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @cached_property
    def roles_held(self) -> list[Membership]:
        """Every role at every active site; read once for each request."""
        return list(self.roles_of(self.pk))

    @staticmethod
    def roles_of(user_id: UUID | models.Expression) -> models.QuerySet[Membership]:
        """What a user holds at active sites, by their names."""
        held = Membership.objects.filter(user=user_id, site__is_active=True)
        return held.select_related("site").order_by("site__name", "role")

    @property
    def site_ids(self) -> set[UUID]:
        return {membership.site_id for membership in self.roles_held}

    def roles_at(self, site: Site | None) -> set[Role]:
        return {Role(held.role) for held in self.roles_held if site is None or held.site_id == site.pk}


@audited
class Membership(Record):
    """One role of one user at one site."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "site", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {Role(self.role).label} · {self.site}"
