"""Accounts, devices and sessions as nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["worker", "reviewer", "supervisor"]
Entry = Literal["capture", "desk"]
Need = Literal["new_password", "second_factor_setup", "device"]

ROLES: tuple[Role, ...] = ("worker", "reviewer", "supervisor")


@dataclass(frozen=True)
class Account:
    """Who may sign in.

    :param areas: codes of the areas whose residents the account may see, everything below included
    :param password_is_one_time: made by somebody else; opens nothing but the own password
    :param totp_confirmed: the second factor is set up and asked for
    :param last_area: one of the areas, or the one it had last: whoever gave away a last village is
        still found by the township, and sees nothing
    """

    id: str
    login: str
    name: str
    role: Role
    areas: tuple[str, ...]
    password_is_one_time: bool
    totp_confirmed: bool
    disabled_at: datetime | None
    last_area: str | None = None

    @property
    def known_in(self) -> tuple[str, ...]:
        """Where the account is known to staff: its areas, or the one it had last."""
        return self.areas or ((self.last_area,) if self.last_area else ())


@dataclass(frozen=True)
class Standing:
    """What a session is, read from the database at each request (S07).

    :param device_id: the enrolled phone this session is bound to; none at the desk
    :param needs: what has to be done before anything else, in this order
    """

    session_id: str
    entry: Entry
    device_id: str | None
    account: Account
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class DeviceFacts:
    """A phone as the intake needs to know it.

    :param public_key: 65-byte uncompressed P-256 point
    :param account_disabled: envelopes of a disabled account go to quarantine (fault 59)
    """

    id: str
    account_id: str
    public_key: bytes
    name: str
    revoked_at: datetime | None
    account_disabled: bool
    role: Role
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Device:
    """A phone as people see it in a list."""

    id: str
    account_id: str
    account_name: str
    name: str
    app_version: str | None
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class SignInSession:
    """One refresh family: a place where an account is signed in.

    :param generation: of the newest refresh token
    :param rotated_at: when that token was made
    """

    id: str
    account_id: str
    device_id: str | None
    entry: Entry
    salt: bytes
    generation: int
    started_at: datetime
    rotated_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class EnrolmentCode:
    """A one-time code with which a new phone is enrolled (S14)."""

    id: str
    account_id: str
    issued_by: str | None
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Throttle:
    """Failed sign-ins counted under one key, such as one account or one address."""

    failures: int
    window_started_at: datetime
    blocked_until: datetime | None
