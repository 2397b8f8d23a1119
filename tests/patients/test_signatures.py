"""A drawn signature: what is one, what is none, and the picture that is made of it."""

import json
from io import BytesIO

import pytest
from PIL import Image

from clinic.errors import Invalid
from patients import signatures
from tests.patients.signing import CROSS, WAVE


def test_a_signature_and_a_cross_are_taken_as_they_were_drawn():
    assert signatures.read(json.dumps(WAVE)) == WAVE
    assert signatures.read(json.dumps(CROSS)) == CROSS


@pytest.mark.parametrize("posted", ["", "[]"])
def test_an_empty_box_is_refused(posted):
    with pytest.raises(Invalid) as refused:
        signatures.read(posted)
    assert refused.value.fields == {"strokes": signatures.EMPTY}


@pytest.mark.parametrize(
    "strokes",
    [[[[500, 200]]], [[[500, 200], [505, 203], [500, 200]]], [[[500, 200], [558, 200], [500, 200], [558, 200]]]],
    ids=["dot", "slip", "to and fro on the spot"],
)
def test_a_dot_is_refused(strokes):
    with pytest.raises(Invalid) as refused:
        signatures.checked(strokes)
    assert refused.value.fields == {"strokes": signatures.DOT}


def test_a_short_line_is_refused_however_far_across():
    with pytest.raises(Invalid, match="too small"):
        signatures.checked([[[100, 200], [240, 200]]])
    assert signatures.checked([[[100, 200], [250, 200]]])


@pytest.mark.parametrize(
    "strokes",
    [
        {"a": 1}, "ink", 7, None, [7], [[]], [[7]], [[[1]]], [[[1, 2, 3]]], [[["1", 2], [300, 2]]],
        [[[1.5, 2], [300, 2]]],
        [[[True, 2], [300, 2]]], [[[-1, 2], [300, 2]]], [[[1, -2], [300, 2]]], [[[1001, 2], [300, 2]]],
        [[[1, 401], [300, 2]]], [WAVE],
    ],
)  # fmt: skip
def test_what_are_no_strokes_on_the_pad_is_refused(strokes):
    with pytest.raises(Invalid) as refused:
        signatures.checked(strokes)
    assert refused.value.fields == {"strokes": signatures.BROKEN}


@pytest.mark.parametrize("posted", ["<svg/>", "[[[1,2]", "NaN", "[" * 5000])
def test_what_is_no_list_is_refused(posted):
    with pytest.raises(Invalid) as refused:
        signatures.read(posted)
    assert refused.value.fields == {"strokes": signatures.BROKEN}


@pytest.mark.parametrize(
    "strokes", [[[[0, 0], [900, 300]]] * 301, [[[100, 100], [900, 300]] * 3000]], ids=["many lines", "long line"]
)
def test_more_than_can_be_kept_is_refused(strokes):
    with pytest.raises(Invalid) as refused:
        signatures.read(json.dumps(strokes))
    assert refused.value.fields == {"strokes": signatures.LONG}
    with pytest.raises(Invalid, match="more lines"):
        signatures.checked(strokes)


def test_the_picture_is_that_of_the_strokes_each_time():
    made = signatures.drawn(WAVE)
    assert signatures.drawn(WAVE) == made != signatures.drawn(CROSS)
    picture = Image.open(BytesIO(made)).convert("L")
    assert (Image.open(BytesIO(made)).format, picture.size) == ("PNG", (1000, 400))
    assert [picture.getpixel((x, y)) < 60 for x, y in WAVE[0]] == [True] * len(WAVE[0])
    assert picture.getpixel((5, 5)) > 250


def test_the_longest_signature_makes_a_small_picture():
    scrawl = [[[at * 7 % 1001, at * 13 % 401] for at in range(4000)]]
    assert len(signatures.packed(signatures.checked(scrawl))) < signatures.MOST_CHARACTERS
    assert len(signatures.drawn(scrawl)) < 100_000
