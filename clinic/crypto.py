"""Encryption of single values: AES-256-GCM, with the key's id in front and the context bound in.

A ring of keys is a setting of `id:base64key` pairs, newest first; the first encrypts, all decrypt. `FIELD_KEYS` seals
columns of the house; `PRIVATE_NOTE_KEYS` seals psychotherapy notes, each author's with a key of their own (ADR 29). A
wrong key or context is an error, never text.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

_NONCE_BYTES = 12


class Undecryptable(Exception):
    """The value was written with a key or for a place that is not ours. Shown as a page: nothing of the value is."""

    status = 503
    title = "This can’t be unsealed"
    sentence = (
        "It was sealed with a key that this server does not hold. Nothing was changed or lost. "
        "Ask whoever runs the server to put the key back."
    )


@dataclass(frozen=True)
class Ring:
    """The keys of one purpose, and the setting that names them."""

    setting: str

    def keys(self) -> dict[str, bytes]:
        """By id, newest first. Raises Undecryptable in production when there are none."""
        return _read(self.setting, getattr(settings, self.setting), settings.SECRET_KEY, settings.PRODUCTION)


FIELDS, PRIVATE_NOTES = Ring("FIELD_KEYS"), Ring("PRIVATE_NOTE_KEYS")


@cache
def _read(setting: str, written: str, secret_key: str, production: bool) -> dict[str, bytes]:
    if not written:
        if production:
            raise Undecryptable(f"{setting} is empty.")
        # Outside production there may be no keys: one is derived, so that the code path is the same.
        return {"dev": _derive(secret_key.encode(), f"evenkeel-{setting}")}
    ring = {}
    for pair in written.split(","):
        name, _, encoded = pair.strip().partition(":")
        key = base64.b64decode(encoded)
        if len(key) != 32:
            raise ValueError(f"Key “{name}” of {setting} is {len(key)} bytes long; it must be 32.")
        ring[name] = key
    return ring


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


@sensitive_variables()
def encrypt(text: str, *, context: str, ring: Ring = FIELDS, owner: str = "") -> str:
    """Encrypt for one place; `context` (a table.column.pk, a purpose) must be given again to decrypt.

    `owner` is whose own key, out of the ring's, seals it.
    """
    name, key = next(iter(ring.keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_derive(key, owner) if owner else key).encrypt(nonce, text.encode(), context.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


@sensitive_variables()
def decrypt(value: str, *, context: str, ring: Ring = FIELDS, owner: str = "") -> str:
    """Raises Undecryptable for an unknown key id, a wrong key, a changed byte, another context or another owner."""
    name, _, encoded = value.partition(":")
    key = ring.keys().get(name)
    if key is None:
        raise Undecryptable(f"No key with the id “{name}”.")
    try:
        raw = base64.b64decode(encoded, validate=True)
        opened = AESGCM(_derive(key, owner) if owner else key)
        return opened.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise Undecryptable("The value can’t be decrypted with this key for this place.") from error


def key_id(value: str) -> str:
    """Which key sealed it; it stands in the open."""
    return value.partition(":")[0]


def newest_key(ring: Ring = FIELDS) -> str:
    return next(iter(ring.keys()))


def derived(purpose: str) -> list[bytes]:
    """A key of its own for one purpose, out of every field key, newest first; the field keys themselves stay here."""
    return [_derive(key, purpose) for key in FIELDS.keys().values()]
