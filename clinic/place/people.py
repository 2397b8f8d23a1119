"""Staff and their roles: the verbs of the clinic admin.

A person may work at several sites. What touches the whole account (name, licence, second factor, deactivation) is for
an admin of every site at which the person holds a role; roles are given and taken at one site at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from clinic import identifiers
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Membership, Site, User
from clinic.place import invitations
from clinic.place.directory import Retiring, check_retiring, locked_site
from clinic.policy import Action, Role, can


@transaction.atomic
def add_person(
    *,
    email: str,
    full_name: str,
    roles: Mapping[UUID, Collection[Role]],
    by: User,
    signature_name: str = "",
    licence: str = "",
    npi: str = "",
) -> User:
    """Make an account with its roles by site, and send the link with which the person chooses a password.

    The address of an account that exists gives that person the roles; nothing else of the account changes.
    Raises NotPermitted, Invalid, Refused.
    """
    given = {site_id: set(chosen) for site_id, chosen in roles.items() if chosen}
    email = email.strip().lower()
    _check_person(email=email, full_name=full_name, roles=given)
    sites = [locked_site(site_id, by) for site_id in sorted(given)]
    person = User.objects.select_for_update().filter(email__iexact=email).first()
    if person is None:
        person = User.objects.create_user(
            email=email,
            full_name=full_name.strip(),
            signature_name=signature_name.strip(),
            licence=licence.strip(),
            npi=_npi(npi),
        )
        invitations.send_on_commit(person)
    elif not person.is_active:
        raise Refused("There is an account with this address, but it is deactivated. Reactivate it instead.")
    for site in sites:
        for role in sorted(given[site.pk]):
            Membership.objects.get_or_create(user=person, site=site, role=role)
    return person


@transaction.atomic
def edit_person(*, user_id: UUID, full_name: str, signature_name: str, licence: str, npi: str = "", by: User) -> User:
    """Raises NotPermitted, Invalid. Records signed before keep the name they were signed with."""
    person = _locked_person(user_id, by)
    if not full_name.strip():
        raise Invalid({"full_name": "Write the person’s name."})
    person.full_name, person.signature_name = full_name.strip(), signature_name.strip()
    person.licence, person.npi = licence.strip(), _npi(npi)
    person.save(update_fields=["full_name", "signature_name", "licence", "npi"])
    return person


def _npi(typed: str) -> str:
    try:
        return identifiers.npi(typed)
    except ValueError as error:
        raise Invalid({"npi": str(error)}) from error


@transaction.atomic
def set_roles(*, user_id: UUID, site_id: UUID, roles: Collection[Role], by: User) -> User:
    """Let the person hold exactly these roles at this site; it counts from the next click.

    Raises NotPermitted, NotFound; Refused when the site would lose its last admin, or visits their nurse.
    """
    site = locked_site(site_id, by)
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None:
        raise NotFound
    held = {Role(row.role) for row in Membership.objects.filter(user=person, site=site)}
    lost, won = held - set(roles), set(roles) - held
    if Role.CLINIC_ADMIN in lost:
        _check_not_last_admin(person, [site])
    for role in sorted(lost):
        check_retiring(Retiring(person, site=site, role=role))
    Membership.objects.filter(user=person, site=site, role__in=lost).delete()
    Membership.objects.bulk_create(Membership(user=person, site=site, role=role) for role in sorted(won))
    return person


@transaction.atomic
def deactivate(*, user_id: UUID, by: User) -> User:
    """Close the account and end all its sessions at once. Raises NotPermitted, Refused."""
    person = _locked_person(user_id, by)
    if person.pk == by.pk:
        raise Refused("You can’t deactivate your own account. Ask another clinic admin.")
    _check_not_last_admin(person, [held.site for held in person.roles_held if held.role == Role.CLINIC_ADMIN])
    check_retiring(Retiring(person))
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person)
    return person


@transaction.atomic
def reactivate(*, user_id: UUID, by: User) -> User:
    """Open the account again, with the roles it had. Raises NotPermitted."""
    person = _locked_person(user_id, by)
    person.is_active = True
    person.save(update_fields=["is_active"])
    return person


@transaction.atomic
def reset_second_factor(*, user_id: UUID, by: User) -> User:
    """Take away authenticator and recovery codes (a lost phone), and end all sessions. Raises NotPermitted, Refused."""
    person = _locked_person(user_id, by)
    if person.pk == by.pk:
        raise Refused("Change your own two-step sign-in on your account page.")
    taken, _ = Authenticator.objects.filter(user=person).delete()
    if not taken:
        raise Refused(f"{person.full_name} has not set up two-step sign-in.")
    end_sessions(person)
    return person


@transaction.atomic
def invite_again(*, user_id: UUID, by: User) -> User:
    """Send the link for a first password once more. Raises NotPermitted, Refused."""
    person = _locked_person(user_id, by)
    if not person.is_active:
        raise Refused("This account is deactivated. Reactivate it first.")
    if person.has_usable_password():
        raise Refused(f"{person.full_name} has a password already. A lost one is reset on the sign-in page.")
    invitations.send_on_commit(person)
    return person


def end_sessions(person: User) -> None:
    """End every session of the person, wherever it is open."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def may_change_account(person: User, by: User) -> bool:
    """Whether `by` is clinic admin at every site where the person holds a role, of which there is one."""
    sites = {held.site for held in Membership.objects.filter(user=person).select_related("site")}
    return bool(sites) and all(can(by, Action.MANAGE_CLINIC, at=site) for site in sites)


def _locked_person(user_id: UUID, by: User) -> User:
    """The person, and the sites at which they hold roles, locked in one order."""
    sites = Membership.objects.filter(user_id=user_id).values("site_id")
    list(Site.objects.select_for_update().filter(pk__in=sites).order_by("pk"))
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None:
        raise NotFound
    if not may_change_account(person, by):
        raise NotPermitted(
            "This person also works at a site of which you are not the admin. "
            "You can change their roles at yours; for the account, ask an admin of all their sites."
        )
    return person


def _check_not_last_admin(person: User, sites: Iterable[Site]) -> None:
    for site in sites:
        others = Membership.objects.filter(site=site, role=Role.CLINIC_ADMIN, user__is_active=True).exclude(user=person)
        if not others.exists():
            raise Refused(
                f"{person.full_name} is the last clinic admin of {site.name}. Give someone else the role first."
            )


def _check_person(*, email: str, full_name: str, roles: Mapping[UUID, Collection[Role]]) -> None:
    wrong: dict[str, str] = {}
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = "This is not an email address. It looks like name@example.com."
    if not full_name.strip():
        wrong["full_name"] = "Write the person’s name."
    if not roles:
        wrong["roles"] = "Choose at least one role; without one a person can open nothing."
    if wrong:
        raise Invalid(wrong)
