"""Opening what a phone sealed, and checking its signature (docs/decisions/0001)."""

from __future__ import annotations

import pytest

from backend.kernel.sealing import (
    SealKey,
    Unreadable,
    b64,
    read_device_key,
    seal,
    signature_holds,
    unb64,
    unseal,
)
from tests.builders.accounts import Phone

KEY = SealKey.from_seed("k1", bytes(range(32)))
OTHER = SealKey.from_seed("k2", bytes(range(32, 64)))
KEYS = {"k1": KEY, "k2": OTHER}


def test_the_server_reads_what_was_sealed_to_it() -> None:
    sealed = seal(KEY.public, "收缩压 182".encode(), b"header")
    assert unseal(KEYS, "k1", sealed, b"header").decode() == "收缩压 182"


def test_the_same_seed_is_the_same_key() -> None:
    assert SealKey.from_seed("k1", bytes(range(32))).public == KEY.public
    assert KEY.public[0] == 4
    assert len(KEY.public) == 65


@pytest.mark.parametrize(
    ("key_id", "aad"), [("k2", b"header"), ("k3", b"header"), ("k1", b"Header"), ("k1", b"")]
)
def test_another_key_or_another_header_opens_nothing(key_id: str, aad: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(KEYS, key_id, seal(KEY.public, b"x", b"header"), aad)


def test_damage_anywhere_is_unreadable_and_never_an_error_of_ours() -> None:
    sealed = seal(KEY.public, b"content", b"header")
    for place in range(0, len(sealed), 3):
        damaged = bytearray(sealed)
        damaged[place] ^= 0x40
        with pytest.raises(Unreadable):
            unseal(KEYS, "k1", bytes(damaged), b"header")
    for length in (0, 1, 64, 65, 66, len(sealed) - 1):
        with pytest.raises(Unreadable):
            unseal(KEYS, "k1", sealed[:length], b"header")


def test_a_signature_holds_for_its_phone_and_its_message() -> None:
    phone, other = Phone(), Phone()
    signature = phone.sign(b"message")
    assert signature_holds(phone.public_key, b"message", signature)
    assert not signature_holds(phone.public_key, b"messagf", signature)
    assert not signature_holds(other.public_key, b"message", signature)


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(63), b"\xff" * 64, b"\x00" * 65])
def test_strange_signatures_only_do_not_hold(signature: bytes) -> None:
    assert not signature_holds(Phone().public_key, b"message", signature)


@pytest.mark.parametrize(
    "raw", [b"", b"\x04" + bytes(64), b"\x04" * 65, b"\x05" + bytes(64), b"\x02" + bytes(32)]
)
def test_what_is_no_point_of_the_curve_is_no_key(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_device_key(raw)
    assert not signature_holds(raw, b"m", bytes(64))


def test_base64url_round_trip_and_refusal() -> None:
    for data in (b"", b"\xfb\xff", bytes(range(65))):
        assert unb64(b64(data)) == data
        assert "=" not in b64(data)
    for text in ("a", "ab+c", "ab/c", "中文字符", "ab c"):
        with pytest.raises(ValueError, match="base64url"):
            unb64(text)
