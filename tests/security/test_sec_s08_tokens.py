"""S08: forged access tokens are refused, one pinned algorithm, every claim demanded."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from backend.kernel.ids import new_id
from tests.builders.county import County
from tests.builders.settings import SECRETS
from tests.fakes.clock import MORNING, FakeClock

pytestmark = pytest.mark.sqlite_only(reason="a token is judged by its signature and its claims")

NOW = int(MORNING.timestamp())
HEADER = {"typ": "at+jwt"}


def signed(claims: dict[str, Any], key: Any = SECRETS.jwt, algorithm: str = "HS256",
           **header: Any) -> str:  # fmt: skip
    return jwt.encode(claims, key, algorithm, headers=HEADER | header)


def with_(**changes: Any) -> Callable[[dict[str, Any]], str]:
    return lambda claims: signed(claims | changes)


def without(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda claims: signed({k: v for k, v in claims.items() if k != name})


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "none", "typ": "at+jwt"}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts) + "."


def tampered(claims: dict[str, Any]) -> str:
    head, _, mac = signed(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims | {"sub": new_id()}).encode()).decode()
    return f"{head}.{body.rstrip('=')}.{mac}"


RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())

FORGED: dict[str, Callable[[dict[str, Any]], str]] = {
    "no algorithm": unsigned,
    "no signature": lambda claims: signed(claims).rpartition(".")[0] + ".",
    "another body under the signature": tampered,
    "another key": lambda claims: signed(claims, b"k" * 32),
    "the refresh key": lambda claims: signed(claims, SECRETS.refresh),
    "HS384": lambda claims: signed(claims, SECRETS.jwt, "HS384"),
    "HS512": lambda claims: signed(claims, SECRETS.jwt, "HS512"),
    "RS256": lambda claims: signed(claims, RSA, "RS256"),
    "ES256": lambda claims: signed(claims, EC, "ES256"),
    "a key named in the header": lambda claims: signed(claims, b"k" * 32, jku="https://x/keys"),
    "a plain JWT's type": lambda claims: signed(claims, typ="JWT"),
    "expired": with_(exp=NOW - 31),
    "not valid yet": with_(nbf=NOW + 31),
    "issued in the future": with_(iat=NOW + 31),
    "no expiry": without("exp"),
    "no begin": without("nbf"),
    "no id": without("jti"),
    "no issuer": without("iss"),
    "another issuer": with_(iss="elsewhere"),
    "no audience": without("aud"),
    "another audience": with_(aud="another-api"),
    "no subject": without("sub"),
    "no session": without("sid"),
    "a refresh token": with_(type="refresh"),
    "no type in the header": lambda claims: signed(claims, typ=""),
    "expiry that is text": with_(exp="never"),
    "a claim more": with_(role="supervisor"),
    "another account on the session": with_(sub=new_id()),
    "a session that is not": with_(sid=new_id()),
    "a session id that is no id": with_(sid="' OR 1=1 --"),
}


def claims_of(county: County) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        county.doctor.token, SECRETS.jwt, ["HS256"], audience="suifang-api"
    )
    return claims


def status(county: County, authorization: str) -> int:
    return county.doctor.client.get(
        "/api/v1/devices", headers={"Authorization": authorization}
    ).status_code


def test_sec_s08_our_own_token_opens_the_door(county: County) -> None:
    assert status(county, f"Bearer {signed(claims_of(county))}") == 200


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("name", FORGED)
def test_sec_s08_a_forged_token_does_not(county: County, name: str) -> None:
    assert status(county, f"Bearer {FORGED[name](claims_of(county))}") == 401


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer  ", "Basic x", "Bearer a b", "Bearer x.y"])
def test_sec_s08_nor_what_is_no_token(county: County, value: str) -> None:
    assert status(county, value) == 401


def test_sec_s08_a_token_in_the_address_or_a_cookie_is_not_looked_at(county: County) -> None:
    client = county.doctor.client
    client.set_cookie("access_token_cookie", county.doctor.token)
    assert client.get(f"/api/v1/devices?jwt={county.doctor.token}").status_code == 401


def test_sec_s08_ten_minutes(county: County, clock: FakeClock) -> None:
    token = county.doctor.token
    clock.advance(minutes=10)
    assert status(county, f"Bearer {token}") == 200  # 30 seconds between two servers' clocks
    clock.advance(seconds=31)
    assert status(county, f"Bearer {token}") == 401
