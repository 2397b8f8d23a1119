"""The file: a head line, then the content in pieces, each encrypted and authenticated by AES-256-GCM.

The pieces are numbered and the last one says so in its nonce (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizár, 2015), so that a piece which is changed, moved, left out or cut off is an error. Each file has a key of its
own, derived from one of `BACKUP_KEYS`: id:base64 pairs like FIELD_KEYS, newest first, and kept apart from them.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"evenkeel-backup-1"
PIECE = 1 << 20
_TAG, _SALT = 16, 32


class Unreadable(Exception):
    """The file is none of ours, was changed or cut off, or its key is not here. The words say which."""


def keys(written: str) -> dict[str, bytes]:
    """The pairs of the setting, newest first. Raises ValueError for a key that is not 32 bytes long."""
    ring = {}
    for pair in filter(None, (pair.strip() for pair in written.split(","))):
        name, _, encoded = pair.partition(":")
        ring[name] = base64.b64decode(encoded, validate=True)
        if len(ring[name]) != 32:
            raise ValueError(f"The backup key “{name}” is not 32 bytes long.")
    return ring


class Writer:
    """Write bytes of any length; `close` writes the last piece, without which the file can't be read."""

    def __init__(self, file: IO[bytes], ring: dict[str, bytes]) -> None:
        if not ring:
            raise ValueError("BACKUP_KEYS holds no key.")
        name, key = next(iter(ring.items()))
        salt = os.urandom(_SALT)
        head = b" ".join((MAGIC, name.encode(), base64.b64encode(salt))) + b"\n"
        self._file, self._head, self._cipher = file, head, _cipher(key, salt)
        self._number, self._waiting = 0, bytearray()
        file.write(head)

    def write(self, content: bytes) -> None:
        self._waiting += content
        while len(self._waiting) > PIECE:  # one whole piece always waits: only at the end is it known to be the last
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def close(self) -> None:
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), piece, self._head))
        self._number += 1


def pieces(file: IO[bytes], ring: dict[str, bytes]) -> Iterator[bytes]:
    """The content, piece by piece. Raises Unreadable, at the latest at the end."""
    head = file.readline(400)
    words = head.split()
    if len(words) != 3 or words[0] != MAGIC:
        raise Unreadable("This is no backup of Evenkeel.")
    name = words[1].decode(errors="replace")
    if name not in ring:
        raise Unreadable(f"This backup was made with the key “{name}”, which is not in BACKUP_KEYS.")
    cipher, number = _cipher(ring[name], base64.b64decode(words[2])), 0
    piece = file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), piece, head)
        except InvalidTag as error:
            raise Unreadable(f"Piece {number} of this backup was changed, cut off, or has another key.") from error
        if not following:
            return
        piece, number = following, number + 1


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=MAGIC).derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
