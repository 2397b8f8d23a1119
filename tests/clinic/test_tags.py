"""The tags and filters that pages are built from."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from clinic import clock
from clinic.models import Site

PINE = Site(code="pine", name="Pine Street", time_zone="America/Los_Angeles")
MOMENT = datetime(2026, 2, 9, 17, 42, tzinfo=UTC)


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


def test_an_icon_points_into_the_one_file_and_is_not_read_aloud():
    assert drawn('{% icon "ok" %}') == (
        '<svg class="ek-i" aria-hidden="true"><use href="/static/icons.svg#i-ok"/></svg>'
    )


def test_a_chip_carries_shape_word_and_color():
    html = drawn('{% chip "warn" "Ride not confirmed" %}')
    assert "ek-warn" in html
    assert "#i-warn" in html
    assert "Ride not confirmed" in html


def test_a_chip_escapes_what_a_person_typed():
    assert "<b>" not in drawn('{% chip "warn" text %}', text="<b>x</b>")


def test_a_meaning_that_does_not_exist_is_refused():
    with pytest.raises(TemplateSyntaxError):
        drawn('{% chip "red" "Late" %}')


def test_lights_are_read_aloud_as_words():
    html = drawn("{% lights pairs %}", pairs=[("ok", "Consent"), ("stop", "Order")])
    assert "Consent," in html
    assert "Order</span>" in html


def test_a_dose_is_shown_with_its_unit_and_without_trailing_zeros():
    assert drawn('{{ dose|qty:"mL" }}', dose=Decimal("0.80")) == "0.8\u00a0mL"
    assert drawn("{{ dose|num }}", dose=Decimal("40.0")) == "40"


def test_a_moment_stands_in_the_zone_of_its_site():
    assert drawn('{% local at site "time" %}', at=MOMENT, site=PINE) == "09:42"
    assert drawn("{% local at site %}", at=MOMENT, site=PINE) == "Mon 9 Feb, 09:42"
    assert "09:42 Pacific time" in drawn('{% moment at site "time" zone=True %}', at=MOMENT, site=PINE)


def test_a_moment_that_is_not_there_is_nothing():
    assert drawn("{% local at site %}{% moment at site %}{{ at|ago }}{{ at|day }}", at=None, site=PINE) == ""


def test_age_is_counted_on_the_sites_own_day():
    just_after_midnight_utc = datetime(2026, 3, 14, 1, 0, tzinfo=UTC)  # still the 13th in California
    with clock.at(just_after_midnight_utc):
        assert drawn("{{ born|age:site }}", born=date(1984, 3, 14), site=PINE) == "41"


def test_ago_reads_the_houses_clock():
    with clock.at(MOMENT):
        assert drawn("{{ at|ago }}", at=datetime(2026, 2, 9, 17, 38, tzinfo=UTC)) == "4\u00a0min ago"


def test_a_banner_keeps_what_stands_inside():
    html = drawn('{% banner "stop" %}<b>Blocked.</b> {{ why }}{% endbanner %}', why="<i>x</i>")
    assert "<b>Blocked.</b> &lt;i&gt;x&lt;/i&gt;" in html


def test_a_dialog_says_its_name_and_offers_the_way_back_first():
    html = drawn('{% dialog "cancel" "Cancel it?" action="/x/" keep="Keep it" %}Two texts go out.{% enddialog %}')
    assert 'id="dialog-cancel"' in html
    assert "Two texts go out." in html
    assert html.index("Keep it") < html.index('type="submit"')


def test_progress_is_said_in_numbers_and_never_divides_by_nothing():
    assert "3 of 7" in drawn("{% progress 3 7 %}")
    assert 'value="0"' in drawn("{% progress 0 0 %}")


def test_crumbs_link_all_but_the_last():
    html = drawn('{% crumbs "Home" "/" "Components" %}')
    assert '<a href="/">Home</a>' in html
    assert '<span aria-current="page">Components</span>' in html


def test_nobody_may_do_anything():
    assert drawn('{% can "RUN_INFUSION" as may %}{{ may }}', user=AnonymousUser()) == "False"


@pytest.mark.django_db
def test_can_asks_the_policy_at_the_site_of_the_page(nurse, site, other_site):
    source = '{% can "RUN_INFUSION" as may %}{% can "SIGN_PROTOCOL" as sign %}{{ may }} {{ sign }}'
    assert drawn(source, user=nurse, current_site=site) == "True False"
    assert drawn(source, user=nurse, current_site=other_site) == "False False"


def test_one_minute_is_written_in_each_zone_and_language():
    """What is written is kept: by the clock on the wall, and by the language."""
    atlantic = ZoneInfo("America/New_York")
    shown = [drawn("{% local at site %}", at=MOMENT, site=site) for site in (PINE, atlantic, PINE)]
    assert shown == ["Mon 9 Feb, 09:42", "Mon 9 Feb, 12:42", "Mon 9 Feb, 09:42"]
    for language, month in (("en", "14 Aug 1984"), ("es", "14 Ago 1984"), ("en", "14 Aug 1984")):
        with translation.override(language):
            assert drawn("{{ born|day }}", born=date(1984, 8, 14)) == month


def test_seconds_are_written_where_they_are_asked_for():
    for second in (5, 6):
        assert drawn('{% local at site "H:i:s" %}', at=MOMENT.replace(second=second), site=PINE) == f"09:42:0{second}"


def test_a_day_is_that_of_its_own_wall_though_the_moment_is_the_same():
    east = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
    west = east.astimezone(ZoneInfo("America/New_York"))
    assert [drawn("{{ at|day }}", at=at) for at in (east, west)] == ["1 Mar 2026", "28 Feb 2026"]
