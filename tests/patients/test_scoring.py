"""Every published band at each edge, what is asked of whom, and what is refused (protocol 4)."""

import pytest

from patients import instruments, scoring
from patients.instruments import FACTS, SCORES_ONLY
from patients.scoring import Asq, Band

B = Band
EDGES = {
    "pcl5": [(0, B.BELOW_CUT), (30, B.BELOW_CUT), (31, B.AT_CUT), (33, B.AT_CUT), (34, B.ABOVE_CUT), (80, B.ABOVE_CUT)],
    "madrs": [(0, B.NONE), (6, B.NONE), (7, B.MILD), (19, B.MILD), (20, B.MODERATE), (34, B.MODERATE), (35, B.SEVERE),
              (60, B.SEVERE)],
    "qids": [(0, B.NONE), (5, B.NONE), (6, B.MILD), (10, B.MILD), (11, B.MODERATE), (15, B.MODERATE), (16, B.SEVERE),
             (20, B.SEVERE), (21, B.VERY_SEVERE), (27, B.VERY_SEVERE)],
    "ybocs": [(0, B.SUBCLINICAL), (7, B.SUBCLINICAL), (8, B.MILD), (15, B.MILD), (16, B.MODERATE), (23, B.MODERATE),
              (24, B.SEVERE), (31, B.SEVERE), (32, B.EXTREME), (40, B.EXTREME)],
    "who5": [(0, B.POOR), (48, B.POOR), (52, B.GOOD), (100, B.GOOD)],
}  # fmt: skip


@pytest.mark.parametrize(("instrument", "total", "band"), [(k, *edge) for k, edges in EDGES.items() for edge in edges])
def test_band_at_each_edge(instrument, total, band):
    assert scoring.band(instrument, total) is band


@pytest.mark.parametrize(
    ("instrument", "items", "total"),
    [
        ("pcl5", [4] * 20, 80),
        ("madrs", [6] * 10, 60),
        ("cadss6", [4] * 6, 24),
        ("ybocs", [4] * 10, 40),
        ("who5", [5] * 5, 100),
        ("who5", [3, 3, 2, 2, 2], 48),
        ("qids", [3] * 16, 27),
        ("asq", [1] * 5, None),
    ],
)
def test_score_of_whole_answers(instrument, items, total):
    assert scoring.score(instrument, items) == total


@pytest.mark.parametrize("place", range(1, 17))
def test_qids_counts_the_highest_of_a_domain(place):
    """One answer of 2 counts 2 wherever it stands; two in one domain count once."""
    items = [0] * 16
    items[place - 1] = 2
    assert scoring.qids_total(items) == 2
    domain = next((d for d in ((1, 2, 3, 4), (6, 7, 8, 9), (15, 16)) if place in d), (place,))
    for other in domain:
        items[other - 1] = 2
    assert scoring.qids_total(items) == 2


def test_pcl5_clusters_hold_their_items():
    items = [1] * 5 + [2] * 2 + [3] * 7 + [4] * 6
    assert scoring.pcl5_clusters(items) == {"B": 5, "C": 4, "D": 21, "E": 24}


@pytest.mark.parametrize(
    ("items", "result"),
    [
        ([0, 0, 0, 0, 9], Asq.NEGATIVE),
        *[([int(place == turn) for place in range(4)] + [0], Asq.POSITIVE) for turn in range(4)],
        ([1, 0, 0, 0, 1], Asq.IMMINENT),
    ],
)
def test_asq_of_each_answer_alone(items, result):
    assert scoring.asq_result(items) is result


def test_asq_asks_the_fifth_only_after_a_yes():
    assert scoring.item_errors("asq", [0, 0, 0, 0, None]) == {}
    assert list(scoring.item_errors("asq", [0, 1, 0, 0, None])) == ["item_5"]
    assert list(scoring.item_errors("asq", [0, 0, 0, 0, 1])) == ["item_5"]
    assert scoring.as_stored("asq", [0, 0, 0, 0, None]) == [0, 0, 0, 0, 9]


@pytest.mark.parametrize("instrument", FACTS)
def test_one_open_item_is_named_and_none_above_the_top_is_taken(instrument):
    facts = FACTS[instrument]
    whole = [1] * facts.length
    assert scoring.item_errors(instrument, whole) == {}
    assert list(scoring.item_errors(instrument, [None, *whole[1:]])) == ["item_1"]
    assert list(scoring.item_errors(instrument, [facts.top + 1, *whole[1:]])) == ["item_1"]


@pytest.mark.parametrize(
    ("instrument", "total", "fits"),
    [("madrs", 60, True), ("madrs", 61, False), ("qids", 27, True), ("qids", 28, False), ("cadss6", 24, True),
     ("cadss6", 25, False), ("ybocs", 40, True), ("ybocs", 41, False), ("who5", 25, True), ("who5", 26, False),
     ("madrs", -1, False), ("phq9", 5, False)],
)  # fmt: skip
def test_a_typed_score_lies_in_its_range(instrument, total, fits):
    assert (scoring.total_error(instrument, total) == "") is fits


@pytest.mark.parametrize("key", ["phq9", "gad7", "asq", "pcl5"])
def test_both_languages_ask_the_same_with_the_same_numbers(key):
    english, spanish = (instruments.wording(key, "baseline", language) for language in ("en", "es"))
    assert (spanish.language, spanish.version) == ("es", english.version)
    assert [[value for value, _ in item.options] for item in spanish.items] == [
        [value for value, _ in item.options] for item in english.items
    ]
    assert not {item.text for item in english.items} & {item.text for item in spanish.items}


def test_where_we_hold_no_spanish_the_english_is_asked_and_said_so():
    assert instruments.wording("cssrs", "baseline", "es").language == "es"
    later = instruments.wording("cssrs", "pre_infusion", "es")
    assert (later.language, instruments.speaks("cssrs", "pre_infusion", "es")) == ("en", False)


@pytest.mark.parametrize("key", sorted(SCORES_ONLY))
def test_no_words_are_held_of_what_is_licensed(key):
    with pytest.raises(KeyError):
        instruments.wording(key, "baseline")
    assert not instruments.speaks(key, "baseline", "en")


def test_public_codes():
    assert FACTS["phq9"].loinc == {"panel": "44249-1", "total": "44261-6", "item_9": "44260-8"}
    assert FACTS["gad7"].loinc == {"total": "70274-6"}
