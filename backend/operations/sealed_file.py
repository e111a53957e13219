"""A file that only the holder of the recovery key can read, and that knows when it is torn.

::

    suifang.backup/1\\n | file key, sealed to the recovery key (HPKE as in 0001) | parts
    part = length 4 bytes | AES-256-GCM of up to 1 MiB, nonce = number 11 bytes | 1 for the last

What is inside is compressed, and stands in **pieces**: kind 1 byte, length 4 bytes, bytes. The
server that makes a backup needs the public half alone: whoever takes that server over cannot read
yesterday's.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.kernel.sealing import SealKey, Unreadable, seal, unseal

MAGIC = b"suifang.backup/1\n"
_SEALED_KEY = 65 + 32 + 16
_PART = 1024 * 1024
_LARGEST_PIECE = 64 * 1024 * 1024


class Damaged(Exception):
    """The file is torn, was changed, or is sealed to another key."""


class Writer:
    """Writes pieces; the file is of use only once :meth:`close` has returned."""

    def __init__(self, out: BinaryIO, public_key: bytes) -> None:
        key = os.urandom(32)
        self._out = out
        self._cipher = AESGCM(key)
        self._deflater = zlib.compressobj(6)
        self._waiting = bytearray()
        self._number = 0
        out.write(MAGIC + seal(public_key, key, MAGIC, info=MAGIC))

    def piece(self, kind: bytes, data: bytes) -> None:
        """Add a piece of one of the letters."""
        self._waiting += self._deflater.compress(kind + struct.pack(">I", len(data)) + data)
        while len(self._waiting) > _PART:
            self._part(bytes(self._waiting[:_PART]), last=False)
            del self._waiting[:_PART]

    def close(self) -> None:
        """Write what waits, with the mark of the end."""
        self._waiting += self._deflater.flush()
        self._part(bytes(self._waiting), last=True)

    def _part(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, None)
        self._out.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


def read(file: BinaryIO, key: SealKey) -> Iterator[tuple[bytes, bytes]]:
    """The pieces of a file, in their order.

    :raises Damaged: at the latest instead of the end
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise Damaged("no backup of this kind")
    try:
        file_key = unseal({key.key_id: key}, key.key_id, file.read(_SEALED_KEY), MAGIC, info=MAGIC)
    except Unreadable:
        raise Damaged("another recovery key") from None
    inflater, plain = zlib.decompressobj(), bytearray()
    for part in _parts(file, AESGCM(file_key)):
        plain += inflater.decompress(part)
        start = 0
        while len(plain) - start >= 5:
            kind, length = struct.unpack_from(">cI", plain, start)
            if length > _LARGEST_PIECE:
                raise Damaged("a piece that is too large")
            if len(plain) - start - 5 < length:
                break
            yield kind, bytes(plain[start + 5 : start + 5 + length])
            start += 5 + length
        del plain[:start]
    if plain or not inflater.eof:
        raise Damaged("torn")


def _parts(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, head = 0, file.read(4)
    while True:
        if len(head) < 4:
            raise Damaged("torn")
        sealed = file.read(struct.unpack(">I", head)[0])
        head = file.read(4)
        try:
            yield cipher.decrypt(_nonce(number, last=not head), sealed, None)
        except InvalidTag:
            raise Damaged("torn or changed") from None
        if not head:
            return
        number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
