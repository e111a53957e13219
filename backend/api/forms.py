"""Published forms and rules: immutable, so that a phone fetches each of them once."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from marshmallow import fields

from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.common import HolidayView, Wire
from backend.forms import service as forms
from backend.kernel.canonical import canonical_bytes, sha256_hex
from backend.kernel.errors import Refusal
from backend.programmes import service as programmes

blueprint = APIBlueprint("forms", __name__)

_FOR_EVER = "private, max-age=31536000, immutable"


class FormRef(Wire):
    kind = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class PolicyView(Wire):
    """Parameters of a programme that an area sets from a day to a day."""

    id = fields.String(required=True)
    programme = fields.String(required=True)
    area_code = fields.String(required=True)
    from_on = fields.String(required=True)
    to_on = fields.String(required=True, allow_none=True)
    parameters = fields.Dict(required=True)


class FormList(Wire):
    items = fields.List(fields.Nested(FormRef), required=True)
    policies = fields.List(fields.Nested(PolicyView), required=True)
    holidays = fields.List(fields.Nested(HolidayView), required=True)


@route(blueprint, "GET", "/forms", policy=signed_in(), output=FormList)
def list_forms(caller: Caller) -> Any:
    """What is offered now: the newest version of each form, every version of the rules, and what
    the caller's areas set in place of the rules' own parameters; the public holidays."""
    with house().read() as session:
        refs = forms.current(session)
        decided = programmes.policies_of(session, caller.areas)
    items = [{"kind": r.kind, "key": r.key, "version": r.version, "sha256": r.sha256} for r in refs]
    policies = [policy.as_json() for policy in decided]
    holidays = [one.as_json() for one in house().holidays.all]
    told = {"items": items, "policies": policies, "holidays": holidays}
    return _tagged(canonical_bytes(told), "private, no-cache")


@route(blueprint, "GET", "/forms/<string:key>/<int:version>", policy=signed_in())
def read_form(_caller: Caller, key: str, version: int) -> Response:
    """One version of a form, as it was published."""
    with house().read() as session:
        bundle = forms.bundle(session, key, version)
    if bundle is None:
        raise Refusal("not_found")
    return _tagged(canonical_bytes(bundle.body), _FOR_EVER)


class MistakeLine(Wire):
    place = fields.String(required=True)
    message = fields.String(required=True)


class DraftLine(Wire):
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.Raw(required=True)
    published = fields.Boolean(required=True)
    mistakes = fields.List(fields.Nested(MistakeLine), required=True)


class Drafts(Wire):
    items = fields.List(fields.Nested(DraftLine), required=True)


class DraftFiles(Wire):
    """The three files of a form, as they stand in its folder."""

    form = fields.Dict(required=True)
    schema = fields.Dict(required=True)
    ui = fields.Dict(required=True)


class Preview(Wire):
    bundle = fields.Raw(required=True, allow_none=True)
    mistakes = fields.List(fields.Nested(MistakeLine), required=True)


class Between(Wire):
    old = fields.Integer(required=True)
    new = fields.Integer(required=True)


class ChangeLine(Wire):
    kind = fields.String(required=True)
    path = fields.String(required=True)
    label = fields.Raw(required=True)
    aspect = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class Changes(Wire):
    items = fields.List(fields.Nested(ChangeLine), required=True)


@route(blueprint, "GET", "/drafts", policy=signed_in("supervisor"), output=Drafts)
def list_drafts(_caller: Caller) -> Any:
    """The forms in the server's ``schemas/``, published or not, with their mistakes."""
    with house().read() as session:
        known = forms.published(session).forms
    found = forms.look_at_folder(house().settings.schemas)
    return {
        "items": [
            {
                "key": one.key,
                "version": one.version,
                "title": one.title,
                "published": (one.key, one.version) in known,
                "mistakes": [vars(mistake) for mistake in one.mistakes],
            }
            for one in found
        ]
    }


@route(
    blueprint,
    "POST",
    "/drafts/preview",
    policy=signed_in("supervisor"),
    body=DraftFiles,
    output=Preview,
)
def preview_files(_caller: Caller, body: dict[str, Any]) -> Any:
    """What would be published of these files, or their mistakes. Nothing is stored."""
    return _preview(forms.look_at(house().settings.schemas, body))


@route(
    blueprint,
    "GET",
    "/drafts/<string:key>/<int:version>",
    policy=signed_in("supervisor"),
    output=Preview,
)
def preview_draft(_caller: Caller, key: str, version: int) -> Any:
    """What would be published of a form in ``schemas/``, or its mistakes."""
    for one in forms.look_at_folder(house().settings.schemas):
        if (one.key, one.version) == (key, version):
            return _preview(one)
    raise Refusal("not_found")


def _preview(looked: forms.Looked) -> dict[str, Any]:
    return {
        "bundle": None if looked.bundle is None else looked.bundle.body,
        "mistakes": [vars(mistake) for mistake in looked.mistakes],
    }


@route(
    blueprint,
    "GET",
    "/drafts/<string:key>/changes",
    policy=signed_in("supervisor"),
    query=Between,
    output=Changes,
)
def list_changes(_caller: Caller, key: str, query: dict[str, Any]) -> Any:
    """What differs between two versions, published or in ``schemas/``."""
    with house().read() as session:
        found = forms.compare_versions(
            session, house().settings.schemas, key, query["old"], query["new"]
        )
    if found is None:
        raise Refusal("not_found")
    return {"items": [change.as_json() for change in found]}


@route(blueprint, "GET", "/rules/<string:kind>/<string:key>/<int:version>", policy=signed_in())
def read_rules(_caller: Caller, kind: str, key: str, version: int) -> Response:
    """One version of a programme's rules or of a vaccine edition."""
    with house().read() as session:
        rules = forms.rule_version(session, kind, key, version)
    if rules is None:
        raise Refusal("not_found")
    return _tagged(canonical_bytes(rules.body), _FOR_EVER)


def _tagged(body: bytes, cache: str) -> Response:
    """The bytes under their own digest, or 304 when the caller has them."""
    response = Response(body, content_type="application/json")
    response.set_etag(sha256_hex(body))
    response.headers["Cache-Control"] = cache
    response.make_conditional(request)
    return response
