"""People and places that many tests share: an owner, a colleague without the right, a stranger from another site."""

import gc
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import TransactionTestCase
from kombu import pools
from pytest_django.fixtures import Settings

from clinic.celery import app as celery
from clinic.collecting import settle
from clinic.models import Site, User
from clinic.policy import Role
from patients import throttle
from patients.models import Patient
from tests import build, cleaning
from tests.sink import Sink, smtp_sink
from tests.twilio import NUMBER, SID, TOKEN, Twilio, playing_twilio

# Minutes in one piece: begun last, they would leave the other processor with nothing to do.
LONGEST = ("tests/journey/test_demo.py", "tests/visits/test_machine.py", "tests/runtime/test_clinic.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first; all others keep their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish() -> None:
    """As a server process does: what is loaded now is garbage at no time, and need not be walked over for any."""
    settle()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def quick_cleaning() -> Iterator[None]:
    """Tests that commit leave an empty database behind, as Django's flush would, in a hundredth of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: cleaning.empty())
        yield


@pytest.fixture(autouse=True)
def counted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test counts opened links and sent forms for itself: one address would soon have had enough of them."""
    monkeypatch.setattr(throttle, "PREFIX", f"form-{uuid4()}")


@pytest.fixture
def site(db: None) -> Site:
    return build.site()


@pytest.fixture
def other_site(db: None) -> Site:
    return build.site("Lakeside", "America/Chicago")


@pytest.fixture
def nurse(site: Site) -> User:
    return build.user(Role.NURSE, at=site, name="Adaeze Okafor")


@pytest.fixture
def other_nurse(site: Site) -> User:
    return build.user(Role.NURSE, at=site, name="Sanna Lindqvist")


@pytest.fixture
def provider(site: Site) -> User:
    return build.user(Role.PROVIDER, at=site, name="Dr Miriam Hale")


@pytest.fixture
def therapist(site: Site) -> User:
    return build.user(Role.THERAPIST, at=site, name="Nadia Amir")


@pytest.fixture
def front_desk(site: Site) -> User:
    return build.user(Role.FRONT_DESK, at=site, name="Tomas Reyes")


@pytest.fixture
def insurance_admin(site: Site) -> User:
    return build.user(Role.INSURANCE_ADMIN, at=site, name="Ines Duarte")


@pytest.fixture
def clinic_admin(site: Site) -> User:
    return build.user(Role.CLINIC_ADMIN, at=site, name="Clara Adeyemi")


@pytest.fixture
def stranger(other_site: Site) -> User:
    """Holds every role, but at another site."""
    return build.user(*Role, at=other_site, name="Otto Fremd")


@pytest.fixture
def patient(site: Site) -> Patient:
    return build.patient(site)


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """A real SMTP server, to which the house sends its letters."""
    with smtp_sink() as opened:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        yield opened


@pytest.fixture(scope="session", autouse=True)
def texts_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Texts of tests go into a file of theirs."""
    django_settings.TEXTS_FILE = str(tmp_path_factory.mktemp("texts") / "texts.jsonl")


@pytest.fixture
def twilio(settings: Settings) -> Iterator[Twilio]:
    """A real HTTP server that plays Twilio, to which the house sends its texts."""
    with playing_twilio() as opened:
        settings.TEXTS_BY, settings.TWILIO_URL = "twilio", opened.address
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM = SID, TOKEN, NUMBER
        settings.PUBLIC_URL = "http://localhost:8000"
        yield opened


@pytest.fixture
def dead_broker() -> Iterator[None]:
    """A broker at which nobody answers."""
    living = celery.conf.broker_url
    _connect_to("redis://127.0.0.1:1/0")
    yield
    _connect_to(living)


def _connect_to(url: str) -> None:
    """Celery keeps open lines in three places; each would go on talking to the broker before."""
    pools.reset()
    celery.conf.broker_url = celery.conf.broker_write_url = url
    celery._pool = celery.amqp._producer_pool = None
