"""Tuesday 2 February 2027 at Pine Street, seen from the 20th of January."""

from collections.abc import Iterator

import pytest

from clinic import clock
from clinic.models import Site
from tests import build


@pytest.fixture(autouse=True)
def in_january(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stand on Wednesday 20 January 2027, 10:42 on the site's wall, unless the test has no site."""
    if "site" not in request.fixturenames:
        yield
        return
    site: Site = request.getfixturevalue("site")
    with clock.at(build.moment(site, "2027-01-20", "10:40")):
        yield
