"""Canonical JSON (RFC 8785) for what we hash ourselves: bundles, audit rows, export manifests.

An envelope's hash is never computed from re-written JSON: it covers the very bytes that the phone
wrote (``docs/decisions/0001-envelope.md``).
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def canonical_bytes(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()
