"""Pictures as a canvas writes them, and as a phone seals and sends them (docs/decisions/0008)."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from backend.attachments.rules.uploads import SEAL_INFO, seal_header
from backend.kernel.canonical import sha256_hex
from backend.kernel.clock import Clock
from backend.kernel.sealing import SealKey, b64, seal
from tests.builders.accounts import Page, Phone

JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int = 1600, height: int = 1200, seed: str = "a", scan_bytes: int = 2000) -> bytes:
    """The segments of a baseline JPEG; what stands in its scan is noise."""
    noise = hashlib.shake_256(seed.encode()).digest(scan_bytes).replace(b"\xff", b"\xff\0")
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, JFIF),
            segment(0xDB, bytes(65)),
            segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
            segment(0xC4, bytes(17)),
            segment(0xDA, b"\1\1\0\0\x3f\0"),
            noise,
            b"\xff\xd0",  # a restart mark belongs to the scan
            b"\x12\x34\xff\xd9",
        )
    )


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 600, height: int = 240, *extra: bytes) -> bytes:
    """A PNG with an empty drawing; ``extra`` chunks stand behind its head."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    drawing = chunk(b"IDAT", zlib.compress(bytes(height * (width + 1))))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + drawing + chunk(b"IEND")


@dataclass
class Sealed:
    """A picture, sealed by a phone for the server.

    :param told: sha256 that the phone says the picture has
    """

    phone: Phone
    seal_key: SealKey
    plain: bytes
    told: str = ""
    data: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        self.told = self.told or sha256_hex(self.plain)
        aad = seal_header(self.phone.device_id, self.told, self.seal_key.key_id)
        self.data = self.data or seal(self.seal_key.public, self.plain, aad, info=SEAL_INFO)

    @property
    def named(self) -> dict[str, Any]:
        """How a content names it (docs/decisions/0001)."""
        return {
            "field": "photos",
            "sha256": self.told,
            "size": len(self.plain),
            "media_type": "image/png" if self.plain.startswith(b"\x89PNG") else "image/jpeg",
        }

    @property
    def carried(self) -> dict[str, Any]:
        """How it lies in a file that a phone hands over."""
        return {
            "sha256": self.told,
            "key_id": self.seal_key.key_id,
            "sealed_sha256": sha256_hex(self.data),
            "sealed": b64(self.data),
        }

    def put(
        self, page: Page, clock: Clock, start: int = 0, end: int | None = None, **changes: Any
    ) -> TestResponse:
        """Send the bytes from ``start`` to ``end`` as one part, signed by the phone."""
        body = self.data[start:end]
        path = f"/api/v1/attachments/{self.told}"
        query = {
            "sealed_sha256": sha256_hex(self.data),
            "key_id": self.seal_key.key_id,
            "size": len(self.data),
            "offset": start,
        } | changes
        return page.client.put(
            path,
            data=body,
            query_string=query,
            content_type="application/octet-stream",
            headers=self.phone.headers("PUT", path, body, clock()),
        )
