"""Photos and signatures: brought by the phone in parts, looked at from the desk (0008)."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, device_signature, signed_in
from backend.api.requests import raw_body
from backend.api.routing import route
from backend.api.wire.attachments import OCTETS, PartQuery, PartTaken
from backend.attachments import service as attachments
from backend.attachments.model import Part, Progress
from backend.attachments.rules.uploads import MAX_PART
from backend.kernel.errors import Refusal
from backend.rights import service as rights
from backend.submissions.store import submissions

blueprint = APIBlueprint("attachments", __name__)

_SUFFIX = {"image/jpeg": "jpg", "image/png": "png"}


@route(
    blueprint,
    "PUT",
    "/attachments/<sha256:sha256>",
    policy=device_signature(),
    query=PartQuery,
    output=PartTaken,
    octets=True,
)
def bring_part(caller: Caller, sha256: str, query: dict[str, Any]) -> Progress:
    """Take one part of a sealed picture, and say how much of it is here. Sent again it changes
    nothing; an empty part only asks.
    """
    here = house()
    if request.mimetype != OCTETS:
        raise Refusal("not_octets")
    data = raw_body()
    if len(data) > MAX_PART:
        raise Refusal("too_large", limit=MAX_PART)
    part = Part(sha256=sha256, data=data, **query)
    return here.uploads.take(trail.actor(caller), part, trail.request_id())


@route(
    blueprint,
    "GET",
    "/submissions/<id:submission_id>/attachments/<sha256:sha256>",
    policy=signed_in("reviewer", "supervisor"),
    octets=True,
)
def read_attachment(caller: Caller, submission_id: str, sha256: str) -> Response:
    """A picture of a submission, for whoever may read the submission."""
    here = house()
    with here.read() as session:
        found = submissions.by_ids(session, [submission_id]).get(submission_id)
        if found is None or not caller.sees(found.village_code):
            raise Refusal("not_found")
        if rights.is_sealed(session, found.subject.id):
            raise Refusal("not_found")  # a face and a signature name somebody, too
        blob, data = attachments.opened(session, here.vault, here.blobs, submission_id, sha256)
    with here.write() as session:
        trail.record(
            session,
            caller,
            "attachment_read",
            "submission",
            submission_id,
            area_code=found.village_code,
            sha256=sha256,
        )
    # A picture and nothing else: not a page, not kept, not guessed at (S22, S27).
    name = f"{sha256[:12]}.{_SUFFIX[blob.media_type]}"
    return Response(
        data,
        content_type=blob.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
