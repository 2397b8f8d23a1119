"""Encryption of single values: AES-256-GCM, with the key's id in front and the context bound in.

`FIELD_KEYS` holds `id:base64key` pairs, newest first; the first encrypts, all decrypt. A wrong key or context is an
error, never text.
"""

import base64
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12


class Undecryptable(Exception):
    """The value was written with a key or for a place that is not ours."""


@cache
def _keyring(field_keys: str, secret_key: str) -> dict[str, bytes]:
    if not field_keys:
        # Outside production there may be no keys: one is derived, so that the code path is the same.
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"evenkeel-field-key")
        return {"dev": derived.derive(secret_key.encode())}
    ring = {}
    for pair in field_keys.split(","):
        name, _, encoded = pair.strip().partition(":")
        key = base64.b64decode(encoded)
        if len(key) != 32:
            raise ValueError(f"Field key “{name}” is {len(key)} bytes long; it must be 32.")
        ring[name] = key
    return ring


def encrypt(text: str, *, context: str) -> str:
    """Encrypt for one place; `context` (a table.column.pk, a purpose) must be given again to decrypt."""
    name, key = next(iter(_keyring(settings.FIELD_KEYS, settings.SECRET_KEY).items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(value: str, *, context: str) -> str:
    """Raises Undecryptable for an unknown key id, a wrong key, a changed byte or another context."""
    name, _, encoded = value.partition(":")
    key = _keyring(settings.FIELD_KEYS, settings.SECRET_KEY).get(name)
    if key is None:
        raise Undecryptable(f"No key with the id “{name}”.")
    raw = base64.b64decode(encoded)
    try:
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
    except InvalidTag as error:
        raise Undecryptable("The value can’t be decrypted with this key for this place.") from error


def derived(purpose: str) -> list[bytes]:
    """A key of its own for one purpose, out of every field key, newest first; the field keys themselves stay here."""
    ring = _keyring(settings.FIELD_KEYS, settings.SECRET_KEY).values()
    return [HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key) for key in ring]
