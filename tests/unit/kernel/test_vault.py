"""Encryption of personal columns and the digests they are searched by (S39)."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from backend.kernel.vault import Vault

KEY_1, KEY_2, SEARCH = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))


def vault() -> Vault:
    return Vault({1: KEY_1}, SEARCH)


def test_what_is_locked_can_be_unlocked_and_is_not_readable() -> None:
    stored = vault().lock("110101195803042345")
    assert stored is not None
    assert b"1101" not in stored
    assert vault().unlock(stored) == "110101195803042345"


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stays_nothing(nothing: str | None) -> None:
    assert vault().lock(nothing) is None
    assert vault().unlock(None) is None
    assert vault().digest("phone", nothing) is None


def test_the_same_text_looks_different_each_time() -> None:
    assert vault().lock("张秀英") != vault().lock("张秀英")


def test_a_new_key_writes_while_the_old_one_still_reads() -> None:
    old = vault().lock_bytes(b"a")
    both = Vault({1: KEY_1, 2: KEY_2}, SEARCH)
    assert both.unlock_bytes(old) == b"a"
    assert both.lock_bytes(b"b")[0] == 2


def test_a_changed_byte_anywhere_is_noticed() -> None:
    stored = vault().lock_bytes(b"evidence")
    for place in range(1, len(stored)):
        damaged = bytearray(stored)
        damaged[place] ^= 1
        with pytest.raises(InvalidTag):
            vault().unlock_bytes(bytes(damaged))


def test_json_comes_back_as_it_was() -> None:
    value = {"id_no": "110101195803042345", "许": [1, None, "x"]}
    assert vault().unlock_json(vault().lock_json(value)) == value
    assert vault().unlock_json(vault().lock_json({})) == {}


def test_a_digest_depends_on_key_purpose_and_text() -> None:
    digest = vault().digest("phone", "13800000000")
    assert digest is not None
    assert len(digest) == 64
    assert digest == vault().digest("phone", "13800000000")
    others = [
        vault().digest("id_no", "13800000000"),
        vault().digest("phone", "13800000001"),
        Vault({1: KEY_1}, KEY_2).digest("phone", "13800000000"),
    ]
    assert digest not in others
