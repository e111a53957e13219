"""How a sealed picture comes in, part by part, and how much of it may (docs/decisions/0008)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

MAX_PICTURE = 8 * 1024 * 1024
"""Bytes of a picture, as ``schemas/meta/content.schema.json`` allows them."""

MAX_SEALED = MAX_PICTURE + 65 + 16
"""The encapsulated key goes before, the tag of the cipher behind."""

MAX_PART = 256 * 1024
DAY_QUOTA = 300 * 1024 * 1024
"""Bytes that one phone may bring in a day: a thousand photos, twice what six weeks offline make."""

MAX_UNFINISHED = 20
"""Pictures that one phone may have begun and not finished."""

QUOTA_SPAN = timedelta(days=1)
UNFINISHED_FOR = timedelta(days=30)
UNNAMED_FOR = timedelta(days=90)
"""How long a picture that no submission names is kept: its envelope may lie in quarantine."""

SEAL_INFO = b"suifang.attachment/1"


def seal_header(device_id: str, sha256: str, key_id: str) -> bytes:
    """What the seal of a picture is bound to: no phone can pass on the picture of another."""
    return "\n".join((SEAL_INFO.decode(), device_id, sha256, key_id)).encode()


def folder_of(device_id: str, sha256: str = "", sealed_sha256: str = "") -> str:
    """Where the parts of an upload lie, ending in ``/``; without hashes those of a whole phone."""
    return "/".join(part for part in ("incoming", device_id, sha256, sealed_sha256) if part) + "/"


def part_name(folder: str, offset: int) -> str:
    """Name of the part that begins there; names order as offsets do."""
    return f"{folder}{offset:08d}"


def received(parts: Iterable[tuple[str, int]]) -> int:
    """Bytes that are here without a gap, from the first on.

    :param parts: name and size of each part
    """
    at = 0
    for name, size in sorted(parts):
        if int(name.rsplit("/", 1)[1]) != at:
            break
        at += size
    return at
