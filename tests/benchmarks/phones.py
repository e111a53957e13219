"""Phones of the sample's doctors: signed in, enrolled, with envelopes sealed beforehand."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.kernel.canonical import canonical_bytes
from backend.kernel.clock import iso
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64, seal, unb64
from tests.benchmarks.visits import answers_for

NEARBY = 0.0002  # degrees, some 20 m: where a phone thinks that it stands
PASSWORD = "one long sentence for the benchmark"


class Refused(Exception):
    """The server answered with a problem; the text says which."""


@dataclass
class Phone:
    """A doctor's enrolled phone.

    :param subjects: what the doctor may visit, as synced: residents and households
    """

    port: int
    token: str
    worker_id: str
    device_id: str
    key: ec.EllipticCurvePrivateKey
    seal_key_id: str
    seal_key: bytes
    subjects: Sequence[Mapping[str, Any]]
    seq: int = 0

    def request(self, rng: Random, count: int) -> bytes:
        """A whole HTTP request with so many new envelopes."""
        envelopes = [self._envelope(rng) for _ in range(count)]
        return request_bytes(self.port, "/api/v1/submissions", {"envelopes": envelopes}, self.token)

    def _envelope(self, rng: Random) -> dict[str, Any]:
        self.seq += 1
        envelope_id = new_id()
        finalised = datetime.now(UTC) - timedelta(seconds=rng.randrange(12 * 86_400))
        visited = rng.choice(self.subjects)
        form_key, subject, answers = answers_for(visited, finalised, rng)
        content = canonical_bytes(
            {
                "format": "suifang.content/1",
                "id": envelope_id,
                "device_id": self.device_id,
                "seq": self.seq,
                "submission_id": envelope_id,
                "base_version_id": None,
                "form": {"key": form_key, "version": 1},
                "subject": subject,
                "worker_id": self.worker_id,
                "started_at": iso(finalised - timedelta(minutes=6)),
                "finalised_at": iso(finalised),
                "clock": {"zone": "Asia/Shanghai", "skew_ms": 40, "last_contact_at": None},
                "fix": {
                    "lng": round(visited["place"]["lng"] + rng.uniform(-1, 1) * NEARBY, 6),
                    "lat": round(visited["place"]["lat"] + rng.uniform(-1, 1) * NEARBY, 6),
                    "accuracy_m": 12,
                    "fixed_at": iso(finalised),
                    "coord_sys": "WGS-84",
                },
                "fix_state": "fixed",
                "answers": answers,
                "confirmed": [],
                "attachments": [],
                "sitting_id": None,
                "grants": [],
                "evidence": {"app": "bench", "pages": {"visit": 31, "pressure": 64}},
            }
        )
        digest = hashlib.sha256(content).hexdigest()
        parts = ("suifang.envelope/1", envelope_id, self.device_id, self.seq, digest)
        header = "\n".join(map(str, (*parts, self.seal_key_id))).encode()
        return {
            "format": "suifang.envelope/1",
            "id": envelope_id,
            "device_id": self.device_id,
            "seq": self.seq,
            "sha256": digest,
            "key_id": self.seal_key_id,
            "sealed": b64(seal(self.seal_key, content, header)),
            "signature": b64(_signature(self.key, header)),
        }


def enrol(port: int, login: str, one_time_password: str) -> Phone:
    """Do what a doctor does with a new phone: sign in, choose a password, enrol, download."""
    session = call(
        port,
        "/api/v1/auth/login",
        {"login": login, "password": one_time_password, "entry": "capture"},
    )
    session = call(
        port, "/api/v1/auth/password", {"new_password": PASSWORD}, session["access_token"]
    )
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    enrolled = call(
        port,
        "/api/v1/devices",
        {
            "enrolment_code": session["enrolment_code"],
            "public_key": b64(point),
            "name": "bench",
            "app_version": "0.1.0",
        },
        session["access_token"],
    )
    token = enrolled["session"]["access_token"]
    offered = enrolled["config"]["seal"]
    return Phone(
        port=port,
        token=token,
        worker_id=enrolled["session"]["account"]["id"],
        device_id=enrolled["device_id"],
        key=key,
        seal_key_id=offered["key_id"],
        seal_key=unb64(offered["public_key"]),
        subjects=_to_visit(list(_download(port, token))),
    )


def _to_visit(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Households with their members, and everybody of 35 and more, with the place of each."""
    people = [change["data"] for change in changes if change["kind"] == "resident"]
    homes = {c["id"]: c["data"] for c in changes if c["kind"] == "household" and c["data"]["place"]}
    members: dict[str, list[str]] = {}
    for person in people:
        members.setdefault(person["household_id"], []).append(person["id"])
    born_before = (datetime.now(UTC) - timedelta(days=36 * 366)).date().isoformat()
    grown = [
        {"kind": "resident", "place": homes[person["household_id"]]["place"], **person}
        for person in people
        if person["birth_date"] < born_before and person["household_id"] in homes
    ]
    inhabited = [
        {"kind": "household", "members": members[key], **home}
        for key, home in homes.items()
        if key in members
    ]
    return [*grown, *inhabited]


def _download(port: int, token: str) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        page = call(port, f"/api/v1/sync?limit=500{cursor}", None, token)
        yield from page["changes"]
        if not page["more"]:
            return
        cursor = f"&cursor={page['cursor']}"


def call(port: int, path: str, body: Any = None, token: str = "") -> Any:
    """One call of the API. :raises Refused: any answer but a success"""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers=_headers(port, token),
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"{path}: {error.code} {error.read(600).decode()}") from error


def request_bytes(port: int, path: str, body: Any, token: str) -> bytes:
    """A POST as it stands on the wire."""
    data = json.dumps(body).encode()
    headers = {**_headers(port, token), "Content-Length": str(len(data))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + data


def _headers(port: int, token: str) -> dict[str, str]:
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Origin": f"http://127.0.0.1:{port}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return {**headers, "Authorization": f"Bearer {token}"} if token else headers


def _signature(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
