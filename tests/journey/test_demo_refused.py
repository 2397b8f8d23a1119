"""Where the demo clinic is never made. Apart from the file that makes it, whose rows stand until its end."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Site, User


@pytest.mark.django_db
def test_a_database_in_use_is_refused(site: Site, nurse: User) -> None:
    with pytest.raises(CommandError, match="in use"):
        call_command("seed_demo")
    assert User.objects.get() == nurse


@pytest.mark.django_db
def test_production_is_refused(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never made in production"):
        call_command("seed_demo")
    assert not User.objects.exists()
