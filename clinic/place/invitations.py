"""The letter with which a new member of staff chooses a first password, through the same page as a lost one."""

from __future__ import annotations

import logging
from urllib.parse import urljoin
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from kombu.exceptions import OperationalError

from clinic.models import User

log = logging.getLogger("evenkeel.invitations")


def link_for(person: User) -> str:
    """Works once, and only until a password is set; settings.PASSWORD_RESET_TIMEOUT says how long."""
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
    return str(urljoin(settings.PUBLIC_URL, path))


def send(*, user_id: UUID) -> None:
    """Write to the person, unless they have a password by now or may not come in any more."""
    person = User.objects.get(pk=user_id)
    if person.has_usable_password() or not person.is_active:
        return
    words = {"person": person, "link": link_for(person), "days": settings.PASSWORD_RESET_TIMEOUT // 86_400}
    send_mail(
        subject="Your Evenkeel account",
        message=render_to_string("clinic/place/invitation.txt", words),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[person.email],
    )


def send_on_commit(person: User) -> None:
    transaction.on_commit(lambda: _hand_over(person.pk))


def _hand_over(user_id: UUID) -> None:
    """Give the letter to a worker. Without a broker it is not sent; the person's page offers to send it again."""
    from clinic.tasks import send_invitation

    try:
        send_invitation.apply_async([str(user_id)], retry=False)
    except OperationalError:
        log.warning("no broker: the invitation of %s was not sent", user_id)
