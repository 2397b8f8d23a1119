"""Rings of keys: what production must set, and what a wrong key answers."""

from base64 import b64encode

import pytest

from clinic import checks, crypto


def ring(name: str, byte: int, length: int = 32) -> str:
    return f"{name}:{b64encode(bytes([byte]) * length).decode()}"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, set()),
        ({"PRIVATE_NOTE_KEYS": ""}, {"evenkeel.E010"}),
        ({"PRIVATE_NOTE_KEYS": ring("p", 2, 16)}, {"evenkeel.E011"}),
        ({"PRIVATE_NOTE_KEYS": ring("p", 1)}, {"evenkeel.E012"}),
        ({"SECOND_FACTOR_REQUIRED": False}, {"evenkeel.E008"}),
        ({"PROOF_MINUTES": 16}, {"evenkeel.E009"}),
        ({"SIGN_PROOF_MINUTES": 0}, {"evenkeel.E009"}),
        ({"SIGN_PROOF_MINUTES": 241}, {"evenkeel.E009"}),
    ],
)
def test_the_deploy_check_names_what_is_weak(settings, given, found):
    fit = {"PRODUCTION": True, "FIELD_KEYS": ring("k", 1), "PRIVATE_NOTE_KEYS": ring("p", 2),
           "SECOND_FACTOR_REQUIRED": True, "PROOF_MINUTES": 5, "SIGN_PROOF_MINUTES": 60}  # fmt: skip
    for name, value in {**fit, **given}.items():
        setattr(settings, name, value)
    ours = {f"evenkeel.E{number:03}" for number in range(8, 13)}
    assert {str(problem.id) for problem in checks.strong_enough(None)} & ours == found


@pytest.mark.parametrize(
    "value", ["", "k", "k:", "k:!!!!", "k:" + "A" * 64, "gone:" + "A" * 64, "In the clear."], ids=str
)
def test_what_no_key_of_ours_sealed_is_an_error(settings, value):
    settings.FIELD_KEYS = ring("k", 1)
    with pytest.raises(crypto.Undecryptable):
        crypto.decrypt(value, context="a.b.c")


def test_the_newest_key_seals_and_every_key_of_the_ring_opens(settings):
    settings.FIELD_KEYS = ring("old", 1)
    sealed = crypto.encrypt("words", context="here")
    settings.FIELD_KEYS = f"{ring('new', 2)},{ring('old', 1)}"
    assert (crypto.key_id(sealed), crypto.newest_key()) == ("old", "new")
    assert crypto.decrypt(sealed, context="here") == "words"
    assert crypto.key_id(crypto.encrypt("words", context="here")) == "new"
    with pytest.raises(crypto.Undecryptable):
        crypto.decrypt(sealed, context="there")
