"""Encryption of personal columns, and the keyed digests they are searched by (S39).

A stored value is ``1 byte key number | 12 bytes nonce | AES-256-GCM ciphertext``; the key number
lets a later key take over without re-writing the table at once.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Vault:
    """Holds the data keys and the search key.

    :param keys: data keys of 32 bytes by number 0-255; the highest number writes
    :param search_key: 32 bytes for :meth:`digest`
    """

    def __init__(self, keys: Mapping[int, bytes], search_key: bytes) -> None:
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self._writer = max(keys)
        self._search_key = search_key

    def lock(self, text: str | None) -> bytes | None:
        """Encrypt a text; ``None`` and the empty text stay nothing."""
        return self.lock_bytes(text.encode()) if text else None

    def unlock(self, stored: bytes | None) -> str | None:
        """Decrypt what :meth:`lock` made."""
        return None if stored is None else self.unlock_bytes(stored).decode()

    def lock_bytes(self, data: bytes) -> bytes:
        """Encrypt bytes."""
        nonce = os.urandom(12)
        head = bytes([self._writer])
        return head + nonce + self._keys[self._writer].encrypt(nonce, data, head)

    def unlock_bytes(self, stored: bytes) -> bytes:
        """Decrypt bytes.

        :raises cryptography.exceptions.InvalidTag: damaged, or written under a lost key
        """
        return self._keys[stored[0]].decrypt(stored[1:13], stored[13:], stored[:1])

    @property
    def writer(self) -> int:
        """The number of the key that encrypts from now on."""
        return self._writer

    def relocked(self, stored: bytes) -> bytes:
        """The same under the newest key.

        :raises cryptography.exceptions.InvalidTag: damaged, or written under a lost key
        """
        return self.lock_bytes(self.unlock_bytes(stored))

    def lock_json(self, value: Any) -> bytes | None:
        """Encrypt a JSON value; an empty one stays nothing."""
        return self.lock_bytes(orjson.dumps(value)) if value else None

    def unlock_json(self, stored: bytes | None) -> Any:
        """Decrypt what :meth:`lock_json` made; ``{}`` for nothing."""
        return {} if stored is None else orjson.loads(self.unlock_bytes(stored))

    def digest(self, purpose: str, text: str | None) -> str | None:
        """Keyed HMAC-SHA-256 of a normalised value, for equality search; ``None`` for nothing."""
        if not text:
            return None
        return hmac.new(self._search_key, f"{purpose}|{text}".encode(), sha256).hexdigest()
