"""Opening what a phone sealed for the server, and checking the phone's signature.

Format: ``docs/decisions/0001-envelope.md``. HPKE base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
AES-256-GCM; signatures are ECDSA P-256 with SHA-256 in the fixed 64-byte form of WebCrypto.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKeyInterface
from pyhpke.exceptions import PyHPKEError

INFO = b"suifang.envelope/1"
_SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
_ENC_LENGTH = 65
_BASE64URL = re.compile(r"[0-9A-Za-z_-]*={0,2}")


class Unreadable(Exception):
    """The sealed bytes cannot be opened with any key we hold."""


@dataclass(frozen=True)
class SealKey:
    """A key pair phones seal to; ``private`` never leaves the server."""

    key_id: str
    private: KEMKeyInterface
    public: bytes

    @classmethod
    def from_seed(cls, key_id: str, seed: bytes) -> SealKey:
        """Derive the pair from 32 secret bytes (RFC 9180 DeriveKeyPair)."""
        pair = _SUITE.kem.derive_key_pair(seed)
        return cls(key_id, pair.private_key, pair.public_key.to_public_bytes())


def seal(public_key: bytes, plaintext: bytes, aad: bytes, info: bytes = INFO) -> bytes:
    """What the phone does: encapsulated key (65 bytes) followed by the ciphertext."""
    key = _SUITE.kem.deserialize_public_key(public_key)
    enc, context = _SUITE.create_sender_context(key, info=info)
    return enc + context.seal(plaintext, aad=aad)


def unseal(
    keys: Mapping[str, SealKey], key_id: str, sealed: bytes, aad: bytes, info: bytes = INFO
) -> bytes:
    """Open sealed bytes.

    :param info: what kind of thing was sealed
    :raises Unreadable: unknown key, damaged bytes, or a header that was changed on the way
    """
    key = keys.get(key_id)
    if key is None or len(sealed) <= _ENC_LENGTH:
        raise Unreadable(key_id)
    try:
        context = _SUITE.create_recipient_context(sealed[:_ENC_LENGTH], key.private, info=info)
        return context.open(sealed[_ENC_LENGTH:], aad=aad)
    except (PyHPKEError, ValueError) as error:
        raise Unreadable(key_id) from error


@lru_cache(maxsize=4096)
def read_device_key(raw: bytes) -> ec.EllipticCurvePublicKey:
    """Read a device's public key from its 65-byte uncompressed point.

    :raises ValueError: the bytes are no point of P-256
    """
    if len(raw) != 65 or raw[0] != 4:
        raise ValueError("not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """True when the device with this key signed the message."""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        read_device_key(public_key).verify(
            encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def b64(data: bytes) -> str:
    """base64url without padding: how bytes travel in JSON."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """Read base64url with or without padding.

    :raises ValueError: the text is not base64url
    """
    if _BASE64URL.fullmatch(text) is None:
        raise ValueError("not base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
