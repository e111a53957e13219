"""Addresses from which Excel and Power Query refresh one form's records by themselves.

The token travels as the password of HTTP Basic, never in the address: addresses stand in logs,
histories and shared workbooks. Each reading asks anew what its maker may see.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from marshmallow import fields, validate

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.exports import csv_of, file
from backend.api.house import house
from backend.api.policy import Caller, Policy, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.common import AreaCode, Id, Instant, Wire
from backend.api.wire.exports import CSV, FILES
from backend.audit.model import Actor
from backend.exports import service as exports, store
from backend.exports.model import MAIN, CsvLink, Mark, Wanted
from backend.exports.rules.limits import LIFETIME, counted
from backend.geo.rules import covers_any
from backend.kernel.canonical import sha256_hex
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.ids import is_uuid, new_id
from backend.kernel.sealing import b64

blueprint = APIBlueprint("csv_links", __name__)


class LinkRequest(Wire):
    form = fields.String(required=True, validate=validate.Length(1, 40))
    area = AreaCode(required=True)
    days = fields.Integer(load_default=400, validate=validate.Range(1, 4000))
    names = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=validate.Length(3, 200))


class Link(Wire):
    id = Id(required=True)
    form_key = fields.String(required=True)
    area_code = fields.String(required=True)
    days = fields.Integer(required=True)
    names = fields.Boolean(required=True)
    reason = fields.String(required=True)
    made_at = Instant(required=True)
    expires_on = fields.Date(required=True)
    last_used_at = Instant(required=True, allow_none=True)


class LinkMade(Link):
    """With the token, which leaves the server this once."""

    token = fields.String(required=True)


class Links(Wire):
    items = fields.List(fields.Nested(Link), required=True)


@dataclass(frozen=True)
class Spreadsheet:
    """A program that holds the token of a live address."""

    link: CsvLink


def csv_link() -> Policy:
    """HTTP Basic: the address's id as the user, its token as the password."""
    return Policy("csv_link", _holder, security=("csv_link",))


def _holder() -> Spreadsheet:
    given = request.authorization
    user, token = (given.username, given.password) if given else (None, None)
    if user is None or token is None or not is_uuid(user):
        raise Refusal("sign_in_needed")
    with house().glance() as session:
        link = store.by_id(session, user)
    digest = sha256_hex(token.encode())
    known = link is not None and hmac.compare_digest(digest, link.token_sha256)
    if link is None or not known or not link.is_live(local_date(house().clock())):
        raise Refusal("sign_in_needed")
    return Spreadsheet(link)


@route(
    blueprint,
    "POST",
    "/exports/links",
    policy=signed_in(*STAFF),
    body=LinkRequest,
    output=LinkMade,
    status=201,
)
def make_csv_link(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Make an address for one form and area; names only when asked for."""
    here, now = house(), house().clock()
    narrowed(caller, body["area"])
    token = b64(secrets.token_bytes(32))
    link = CsvLink(
        id=new_id(),
        account_id=caller.account_id,
        form_key=body["form"],
        area_code=body["area"],
        days=body["days"],
        names=body["names"],
        reason=body["reason"].strip(),
        token_sha256=sha256_hex(token.encode()),
        made_at=now,
        expires_on=local_date(now) + LIFETIME,
        revoked_at=None,
        last_used_at=None,
        window_started_at=now,
        used_in_window=0,
    )
    with here.write() as session:
        if exports.prepare(session, _wanted(link)) is None:
            raise Refusal("not_found")
        store.add(session, link)
        trail.record(
            session,
            caller,
            "csv_link_made",
            "csv_link",
            link.id,
            area_code=link.area_code,
            form=link.form_key,
            names=link.names,
            reason=link.reason,
        )
    return vars(link) | {"token": token}


@route(blueprint, "GET", "/exports/links", policy=signed_in(*STAFF), output=Links)
def list_csv_links(caller: Caller) -> dict[str, Any]:
    """The live addresses of the caller's areas, whoever made them."""
    today = local_date(house().clock())
    with house().read() as session:
        found = store.inside(session, caller.areas)
    return {"items": [link for link in found if link.is_live(today)]}


@route(blueprint, "DELETE", "/exports/links/<id:link_id>", policy=signed_in(*STAFF))
def revoke_csv_link(caller: Caller, link_id: str) -> None:
    """From now on nothing is read from the address."""
    with house().write() as session:
        link = store.by_id(session, link_id)
        if link is None or not caller.sees(link.area_code):
            raise Refusal("not_found")
        store.revoke(session, link_id, house().clock())
        trail.record(
            session, caller, "csv_link_revoked", "csv_link", link_id, area_code=link.area_code
        )


@route(blueprint, "GET", "/exports/records.csv", policy=csv_link(), octets=FILES)
def read_csv_link(holder: Spreadsheet) -> Response:
    """What a spreadsheet refreshes: the records of the last days, as its maker may see them now."""
    here, now, link = house(), house().clock(), holder.link
    with here.write() as session:
        maker = accounts.account(session, link.account_id)
        if (
            maker is None
            or maker.disabled_at is not None
            or not covers_any(maker.areas, link.area_code)
        ):
            raise Refusal("sign_in_needed")
        use = counted(store.by_id(session, link.id) or link, now)
        if use is None:
            raise Refusal("refreshed_too_often")
        store.change(
            session, link.id, last_used_at=now, window_started_at=use[0], used_in_window=use[1]
        )
        what = exports.prepare(session, _wanted(link))
        table = None if what is None else what.table(MAIN)
        if what is None or table is None:
            raise Refusal("not_found")
        mark = Mark(new_id(), maker.name, now, link.reason)
        trail.record(
            session,
            Actor("csv_link", link.account_id),
            "exported",
            "csv_link",
            link.id,
            area_code=link.area_code,
            export_id=mark.id,
            form=link.form_key,
            names=link.names,
        )
    return file(csv_of(here, what, table, mark), CSV, f"{link.form_key}.csv")


def _wanted(link: CsvLink) -> Wanted:
    today = local_date(house().clock())
    return Wanted(
        form_key=link.form_key,
        areas=(link.area_code,),
        from_on=today - timedelta(days=link.days),
        to_on=today,
        names=link.names,
    )
