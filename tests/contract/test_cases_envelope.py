"""Canonical text, digests and derived ids, as the phone makes them."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.canonical import canonical_bytes, sha256_hex
from backend.kernel.ids import derived_id
from tests.contract.shared_cases import load

FILE = load("envelope.json")


def _named(part: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in FILE[part]]


@pytest.mark.parametrize("case", _named("contents"))
def test_canonical_text_and_digest(case: Any) -> None:
    written = canonical_bytes(case["content"])
    assert written.decode() == case["text"]
    assert sha256_hex(written) == case["sha256"]


@pytest.mark.parametrize("case", _named("ids"))
def test_derived_ids(case: Any) -> None:
    assert derived_id(*case["parts"]) == case["result"]
