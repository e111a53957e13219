"""Access tokens: ten minutes, one pinned algorithm, every claim demanded (S08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import time
from typing import Any

from flask import Flask, request
from flask_jwt_extended import JWTManager, create_access_token, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from backend.accounts.model import Standing
from backend.kernel.errors import Refusal
from backend.kernel.ids import is_uuid

LIFETIME = timedelta(minutes=10)
_ISSUER = "suifang"
_AUDIENCE = "suifang-api"
_HEADER_TYPE = "at+jwt"  # RFC 9068: no other token of ours can pass for an access token
_CLAIMS = {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "type", "fresh", "needs"}


@dataclass(frozen=True)
class Claims:
    """What an access token says; everything else is read from the database."""

    account_id: str
    session_id: str


@dataclass(frozen=True)
class _Known:
    """A token that was verified: it stays genuine, but not valid for ever."""

    claims: Claims
    until: float


_KNOWN_MOST = 4096
_known: dict[bytes, _Known] = {}
"""By the hash of the header, so that a phone's burst of requests is verified once a process."""


def init_tokens(app: Flask, secret: bytes) -> None:
    """Set flask-jwt-extended up to make and take nothing but our access tokens."""
    _known.clear()  # of another secret
    app.config.update(
        JWT_SECRET_KEY=secret,
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_TOKEN_LOCATION=["headers"],  # never a cookie, so there is nothing to forge across sites
        JWT_COOKIE_CSRF_PROTECT=False,
        JWT_ENCODE_ISSUER=_ISSUER,
        JWT_DECODE_ISSUER=_ISSUER,
        JWT_ENCODE_AUDIENCE=_AUDIENCE,
        JWT_DECODE_AUDIENCE=_AUDIENCE,
        JWT_ACCESS_TOKEN_EXPIRES=LIFETIME,
        JWT_DECODE_LEEWAY=30,  # seconds between the clocks of two servers
    )
    manager = JWTManager(app)

    @manager.token_verification_loader
    def _complete(header: dict[str, Any], claims: dict[str, Any]) -> bool:
        return (
            header.get("typ") == _HEADER_TYPE
            and set(claims) == _CLAIMS
            and claims["type"] == "access"
            and all(is_uuid(claims[name]) for name in ("sub", "sid", "jti"))
        )


def make(standing: Standing, now: datetime) -> str:
    """An access token for a session."""
    began = int(now.timestamp())
    token = create_access_token(
        identity=standing.account.id,
        additional_claims={
            "sid": standing.session_id,
            "needs": list(standing.needs),
            "iat": began,
            "nbf": began,
            "exp": began + int(LIFETIME.total_seconds()),
        },
        additional_headers={"typ": _HEADER_TYPE},
    )
    return str(token)


def read() -> Claims:
    """The claims of this request's token.

    :raises Refusal: ``sign_in_needed`` when there is none, or it is forged, expired or incomplete
    """
    mark = sha256(request.headers.get("Authorization", "").encode()).digest()
    known = _known.get(mark)
    if known is not None and time() < known.until:
        return known.claims
    try:
        found = verify_jwt_in_request()
    except (JWTExtendedException, PyJWTError):
        raise Refusal("sign_in_needed") from None
    if found is None:
        raise Refusal("sign_in_needed")
    claims = Claims(account_id=found[1]["sub"], session_id=found[1]["sid"])
    if len(_known) >= _KNOWN_MOST:
        _known.clear()
    _known[mark] = _Known(claims, found[1]["exp"])
    return claims
