"""``flask handover``: the queue of a phone that cannot go online, brought as a file.

The file is what the phone writes (``pwa/src/capture/actions/handover.ts``): one JSON object a
line, first ``{"format": "suifang.handover/1", ...}``, then ``{"envelope": ...}`` and
``{"picture": ...}``. Every envelope is sealed and signed as if it had travelled, so whoever carries
the file can neither read nor change it, and the line takes each exactly once: a file brought twice,
or a phone that comes online after all, changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.attachments.model import Part
from backend.attachments.rules.uploads import MAX_PART
from backend.audit import service as audit
from backend.audit.model import Actor
from backend.commands import house
from backend.house import House
from backend.intake.model import Sender
from backend.kernel.errors import Refusal
from backend.kernel.sealing import unb64

FORMAT = "suifang.handover/1"
AT_ONCE = 50


@click.group("handover")
def command() -> None:
    """Records of a phone that cannot go online."""


@command.command("take")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def take(file: Path) -> None:
    """Take in a file that a phone has written; the same file again changes nothing."""
    here = house()
    lines = _lines(file)
    head = next(lines, None)
    if head is None or head.get("format") != FORMAT:
        raise click.ClickException(f"不是随访的交接文件 / not a hand-over: {file.name}")
    device_id = str(head.get("device_id"))
    told: Counter[str] = Counter()
    envelopes: list[Any] = []
    for line in lines:
        if "envelope" in line:
            envelopes.append(line["envelope"])
        if len(envelopes) == AT_ONCE or "picture" in line:
            told += _receive(envelopes)
            envelopes = []
        if "picture" in line:
            told[_bring(here, device_id, line["picture"])] += 1
    told += _receive(envelopes)
    with here.write() as session:
        audit.record(
            session,
            audit.SYSTEM,
            "handover_taken",
            "device",
            device_id,
            area_code=None,
            detail=dict(told),
            now=here.clock(),
            request_id=None,
        )
    for what, count in sorted(told.items()):
        click.echo(f"{what}: {count}")


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """:raises click.ClickException: a line that is no JSON object: the file was cut off"""
    with file.open(encoding="utf-8") as opened:
        for number, text in enumerate(opened, start=1):
            try:
                line = json.loads(text)
            except ValueError:
                line = None
            if not isinstance(line, dict):
                raise click.ClickException(
                    f"第 {number} 行不完整，前面的已收下；请重新交接 / line {number} is broken: "
                    "what stands before it was taken, please hand over again"
                )
            yield line


def _receive(envelopes: list[Any]) -> Counter[str]:
    if not envelopes:
        return Counter()
    line = current_app.extensions["suifang.line"]
    receipts = line.receive(envelopes, Sender(audit.SYSTEM, None))
    return Counter(receipt.status for receipt in receipts)


def _bring(here: House, device_id: str, picture: dict[str, Any]) -> str:
    """Take a picture in parts, as from the network; ``picture`` or why it cannot be used."""
    try:
        sealed = unb64(picture["sealed"])
        sha256, key_id = str(picture["sha256"]), str(picture["key_id"])
        sealed_sha256 = str(picture["sealed_sha256"])
    except (KeyError, TypeError, ValueError):
        return "picture_unreadable"
    actor = Actor("device", None, device_id)
    try:
        for start in range(0, len(sealed), MAX_PART):
            data = sealed[start : start + MAX_PART]
            part = Part(sha256, sealed_sha256, key_id, len(sealed), start, data)
            if here.uploads.take(actor, part).complete:
                return "picture"
    except Refusal as refusal:
        return refusal.code
    return "picture_unfinished"
