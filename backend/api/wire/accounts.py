"""Sign-in, devices, accounts and what a page needs of the server."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.accounts.model import ROLES
from backend.api.wire.common import AreaCode, Bytes, Id, Instant, Text, Wire, line

_ENTRY = validate.OneOf(("capture", "desk"))
_LOGIN = validate.Length(1, 64)
_PASSWORD = validate.Length(1, 256)  # longer ones are refused by the rule, with a sentence


class SealPublic(Wire):
    key_id = fields.String(required=True)
    public_key = Bytes(65, required=True)


class Config(Wire):
    """What every page needs of the server."""

    server_time = Instant(required=True)
    epoch = fields.String(required=True)
    seal = fields.Nested(SealPublic, required=True)
    push_public_key = Bytes(65, required=True)
    app_version = fields.String(required=True)
    product_name = fields.Nested(Text, required=True)


class AreaName(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)


class Account(Wire):
    id = Id(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    areas = fields.List(fields.Nested(AreaName), required=True)


class Session(Wire):
    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    account = fields.Nested(Account, required=True)
    needs = fields.List(fields.String(), required=True)
    enrolment_code = fields.String()


class LoginRequest(Wire):
    login = fields.String(required=True, validate=_LOGIN)
    password = fields.String(required=True, validate=_PASSWORD)
    entry = fields.String(required=True, validate=_ENTRY)
    code = fields.String(validate=validate.Length(1, 40))


class EntryRequest(Wire):
    entry = fields.String(required=True, validate=_ENTRY)


class PasswordRequest(Wire):
    new_password = fields.String(required=True, validate=_PASSWORD)
    current_password = fields.String(validate=_PASSWORD)


class SecondFactorSetup(Wire):
    secret = fields.String(required=True)
    uri = fields.String(required=True)


class CodeRequest(Wire):
    code = fields.String(required=True, validate=validate.Length(1, 40))


class RecoveryCodes(Wire):
    recovery_codes = fields.List(fields.String(), required=True)
    session = fields.Nested(Session, required=True)


class OpenSession(Wire):
    id = Id(required=True)
    entry = fields.String(required=True)
    device_id = Id(required=True, allow_none=True)
    started_at = Instant(required=True)
    last_used_at = Instant(required=True)
    current = fields.Boolean(required=True)


class OpenSessions(Wire):
    items = fields.List(fields.Nested(OpenSession), required=True)


class DeviceRequest(Wire):
    enrolment_code = fields.String(required=True, validate=validate.Length(1, 40))
    public_key = Bytes(65, required=True)
    name = line(80)
    app_version = line(40)


class DeviceEnrolled(Wire):
    device_id = Id(required=True)
    session = fields.Nested(Session, required=True)
    config = fields.Nested(Config, required=True)


class Device(Wire):
    id = Id(required=True)
    account_id = Id(required=True)
    account_name = fields.String(required=True)
    name = fields.String(required=True)
    enrolled_at = Instant(required=True)
    last_seen_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)
    last_seq = fields.Integer(required=True, allow_none=True)
    missing_seqs = fields.List(fields.Integer(), required=True)


class Devices(Wire):
    items = fields.List(fields.Nested(Device), required=True)


class Reason(Wire):
    reason = line(200)


class AccountRef(Wire):
    account_id = Id(required=True)


class EnrolmentCode(Wire):
    code = fields.String(required=True)
    expires_at = Instant(required=True)


class OneTimePassword(Wire):
    login = fields.String(required=True)
    password = fields.String(required=True)


class AccountLine(Account):
    last_seen_at = Instant(required=True, allow_none=True)
    disabled_at = Instant(required=True, allow_none=True)


class Accounts(Wire):
    items = fields.List(fields.Nested(AccountLine), required=True)


class AccountRequest(Wire):
    login = fields.String(
        required=True,
        validate=validate.And(validate.Length(2, 40), validate.Regexp(r"^[\w.-]+\Z")),
    )
    name = line(40)
    role = fields.String(required=True, validate=validate.OneOf(("worker", "reviewer")))
    areas = fields.List(AreaCode(), required=True, validate=validate.Length(1, 40))


class AccountMade(Wire):
    """With the one-time password, which leaves the server this once."""

    id = Id(required=True)
    login = fields.String(required=True)
    password = fields.String(required=True)


class AreaGiven(Wire):
    area = AreaCode(required=True)
