"""Accounts, phones with real keys, and pages that are signed in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
import pyotp
from apiflask import APIFlask
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.accounts import service as accounts
from backend.accounts.model import Account, Role
from backend.accounts.rules.access import entry_of
from backend.accounts.service import hashing
from backend.accounts.service.sessions import open_session
from backend.accounts.store import accounts as account_store, devices as device_store
from backend.api import tokens
from backend.api.policy import request_message
from backend.house import House
from backend.kernel.clock import iso
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64

PASSWORD = "清晨的河水 and 3 boats"
_PASSWORD_HASH = hashing.hashed(PASSWORD)
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_account(
    house: House,
    session: Session,
    role: Role = "worker",
    areas: tuple[str, ...] = (),
    *,
    login: str | None = None,
    name: str = "王小明",
    one_time: str | None = None,
) -> Account:
    """An account with :data:`PASSWORD`; staff have their authenticator set up.

    :param one_time: instead a one-time password, and nothing set up
    """
    now = house.clock()
    made = Account(
        id=new_id(),
        login=login or f"{role}{secrets.token_hex(3)}",
        name=name,
        role=role,
        areas=areas,
        password_is_one_time=one_time is not None,
        totp_confirmed=False,
        disabled_at=None,
    )
    account_store.add(session, made, hashing.hashed(one_time) if one_time else _PASSWORD_HASH, now)
    if role != "worker" and one_time is None:
        account_store.change(
            session,
            made.id,
            totp_secret_locked=house.vault.lock(TOTP_SECRET),
            totp_confirmed_at=now,
        )
    found = accounts.account(session, made.id)
    assert found is not None
    return found


def totp(now: datetime, secret: str = TOTP_SECRET) -> str:
    """What the authenticator shows."""
    return pyotp.TOTP(secret).at(now)


@dataclass
class Phone:
    """A phone with its own key."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    device_id: str = ""

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, message: bytes) -> bytes:
        """64 bytes r||s, as WebCrypto gives it."""
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def headers(self, method: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
        """The headers of a request that this phone signs; ``body`` as it travels."""
        message = request_message(method, path, iso(now), body)
        return {
            "X-Device": self.device_id,
            "X-Device-Time": iso(now),
            "X-Device-Signature": b64(self.sign(message)),
        }


def make_phone(house: House, session: Session, account: Account) -> Phone:
    """An enrolled phone of the account."""
    phone = Phone(device_id=new_id())
    device_store.add(
        session,
        phone.device_id,
        account.id,
        public_key=phone.public_key,
        name="红米 12",
        app_version="0.1.0",
        now=house.clock(),
    )
    return phone


class Page:
    """A page in a browser on which an account is signed in. Its access token never gets old."""

    def __init__(self, app: APIFlask, account: Account, phone: Phone | None = None) -> None:
        self.account, self.phone, self._app = account, phone, app
        self.house: House = app.extensions["suifang"]
        self.client = browser(app)

    @cached_property
    def session_id(self) -> str:
        """The session, opened when it is first needed."""
        with self.house.write() as session:
            return open_session(
                session,
                self.house.account_keys,
                self.account.id,
                entry_of(self.account.role),
                self.phone.device_id if self.phone else None,
                salt=secrets.token_bytes(16),
                now=self.house.clock(),
            ).session_id

    @property
    def token(self) -> str:
        """A fresh access token."""
        session_id = self.session_id
        with self._app.app_context(), self.house.read() as session:
            standing = accounts.standing(session, session_id)
            assert standing is not None, "this page's session has ended"
            return tokens.make(standing, self.house.clock())

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> TestResponse:
        """A request below ``/api/v1`` with the access token."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if json is not None:
            options |= {"data": orjson.dumps(json), "content_type": "application/json"}
        return self.client.open("/api/v1" + path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("PUT", path, json, **options)

    def delete(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("DELETE", path, json, **options)


def browser(app: APIFlask) -> FlaskClient:
    """A fresh browser on a page of ours: https, a cookie jar of its own, our header."""
    client = app.test_client()
    client.environ_base["HTTP_X_SUIFANG"] = "1"
    client.environ_base["wsgi.url_scheme"] = "https"
    return client
