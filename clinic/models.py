"""The place and its people."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from clinic import clock
from clinic.history import append_only, audited
from clinic.policy import Role
from clinic.protocol import ProtocolValues
from clinic.records import Record, ordered, together, within


def check_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(f"“{value}” is not a time zone. Use a name like America/Los_Angeles.")


@audited
class Site(Record):
    """One clinic building; all its times are shown and computed in its own zone."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=64, validators=[check_time_zone])
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """The moment on this site's wall clock."""
        return moment.astimezone(self.zone)

    def moment(self, day: date, at: time) -> datetime:
        """The moment at which this site's wall clock shows `day` and `at`.

        An hour that the clock skips in spring becomes the hour after it; of an hour it shows twice in autumn, the
        first is meant.
        """
        naive = datetime.combine(day, at, tzinfo=self.zone)
        return naive.astimezone(ZoneInfo("UTC")).astimezone(self.zone)

    def today(self) -> date:
        return self.local(clock.now()).date()

    def day_bounds(self, day: date) -> tuple[datetime, datetime]:
        """The first moment of `day` and of the day after it, on this site's clock (23 to 25 hours apart)."""
        from datetime import timedelta

        return self.moment(day, time()), self.moment(day + timedelta(days=1), time())


@audited
class Room(Record):
    class Kind(models.TextChoices):
        INFUSION = "infusion", "Infusion"
        THERAPY = "therapy", "Therapy"
        CONSULT = "consult", "Consultation"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    nickname = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("site", Lower("name"), name="room_name_once_a_site"),
        ]

    def __str__(self) -> str:
        return self.name


WEEKDAYS = [
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
]


@audited
class OpeningHours(Record):
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "opens"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("opening_hours_close_after_open", "opens", "closes"),
            models.CheckConstraint(name="opening_hours_weekday", condition=Q(weekday__lte=6)),
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@audited
class Closure(Record):
    """Days on which a site, or one room of it, is closed."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="closures")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["first_day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="closure_ends_after_start",
                condition=Q(last_day__gte=F("first_day")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


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
        return list(self.memberships.select_related("site").filter(site__is_active=True).order_by("site__name", "role"))

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


@audited
class Shift(Record):
    """A weekly pattern of work at one site, on the site's wall clock."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("shift_ends_after_start", "starts", "ends"),
            models.CheckConstraint(name="shift_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="shift_valid_in_order",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


@audited
class ShiftException(Record):
    """One day on which a person's pattern does not hold: away, or at other hours."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shift_exceptions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="shift_exceptions")
    day = models.DateField()
    starts = models.TimeField(null=True, blank=True, help_text="Empty when the person is away all day.")
    ends = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("shift_exception_whole", "starts", "ends"),
            ordered("shift_exception_ends_after_start", "starts", "ends"),
            models.UniqueConstraint(fields=["user", "site", "day"], name="shift_exception_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"


@audited
class OnCallTurn(Record):
    """Who answers for a site from one moment to another, also at night: first, or as the backup."""

    class Tier(models.TextChoices):
        FIRST = "first", "On call"
        BACKUP = "backup", "Backup"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="on_call_turns")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="on_call_turns")
    tier = models.CharField(max_length=6, choices=Tier.choices)
    during = DateTimeRangeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["during", "tier"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="on_call_one_a_tier",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="on_call_from_to",
                condition=Q(during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_tier_display().lower()}"


@audited
class ProtocolSettings(Record, ProtocolValues):
    """Table A of the protocol as one site uses it. A change is a new version; old versions stay as they were."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="protocol_versions")
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "version"], name="protocol_version_once"),
            together("protocol_signature_whole", "signed_at", "signed_by"),
            *ProtocolValues.sane("protocol"),
        ]

    def __str__(self) -> str:
        return f"{self.site}, protocol version {self.version}"


class ReadEvent(models.Model):
    """A patient's record was opened. Append-only; written before the page is shown."""

    at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patient_id = models.UUIDField()
    what = models.CharField(max_length=80)
    route = models.CharField(max_length=120, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient_id", "-at"], name="read_by_patient"),
            models.Index(fields=["user", "-at"], name="read_by_user"),
        ]
        triggers: ClassVar[list[Any]] = [append_only("read_event_append_only")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


class HistorySeal(models.Model):
    """A link of the chain that proves the history whole: the digest of the rows of one table up to `last_id`.

    Sealing happens after the fact, so that the chain costs no writer a lock.
    """

    table = models.CharField(max_length=80)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["table", "last_id"], name="history_seal_once"),
            models.CheckConstraint(name="history_seal_in_order", condition=Q(last_id__gte=F("first_id"))),
        ]
        triggers: ClassVar[list[Any]] = [append_only("history_seal_append_only")]

    def __str__(self) -> str:
        return f"{self.table} up to {self.last_id}"


class Heartbeat(models.Model):
    """When a part of the running house last showed that it works."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


@audited
class Tablet(Record):
    """A tablet of the clinic, known by a secret in its browser: it locks early, and a PIN opens it again."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tablets")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    lock_minutes = models.PositiveSmallIntegerField(default=2)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("tablet_revoked_whole", "revoked_at", "revoked_by"),
            within("tablet_lock_sane", "lock_minutes", 1, 10),
        ]

    def __str__(self) -> str:
        return self.name


@audited
class Pin(Record):
    """A person's PIN, hashed. It opens a locked tablet of the clinic, and nothing else."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="pin")
    secret = models.CharField(max_length=200, editable=False)
    set_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"PIN of {self.user}"


class TabletProof(Record):
    """When a person last gave password (and second factor) on a tablet: a PIN counts for a shift after that."""

    tablet = models.ForeignKey(Tablet, on_delete=models.PROTECT, related_name="proofs")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tablet", "user"], name="tablet_proof_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.tablet}"
