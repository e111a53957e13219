"""Files out: who took what, why, is in the audit before the first byte leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO, cast

import orjson
from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.figures import catalogue, names_of, some_areas
from backend.api.house import House, house
from backend.api.pace import keep_pace
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.exports import (
    BUNDLE,
    CSV,
    FHIR,
    FILES,
    XLSX,
    FhirExport,
    FigureExport,
    FormExport,
)
from backend.audit import service as audit
from backend.audit.model import Actor
from backend.exports import service as exports
from backend.exports.model import Mark, Row, Table, Wanted
from backend.exports.rules import fhir
from backend.exports.writing import LANGUAGE, Workbook, csv_parts
from backend.followups import service as followups
from backend.immunization import service as immunization
from backend.indicators import service as indicators, store as figures
from backend.indicators.model import MONTHS, Sum
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.residents import service as residents
from backend.submissions.model import Asked
from backend.submissions.store import submissions

blueprint = APIBlueprint("exports", __name__)

_IN_MEMORY = 4 * 1024 * 1024
_PART = 64 * 1024
NOBODY = "（未指定医生）"


@route(
    blueprint,
    "POST",
    "/exports/submissions",
    policy=signed_in(*STAFF),
    body=FormExport,
    octets=FILES,
)
def export_submissions(caller: Caller, body: dict[str, Any]) -> Response:
    """The records of one form, as CSV or XLSX."""
    here = house()
    wanted = Wanted(
        form_key=body["form"],
        areas=narrowed(caller, body.get("area")),
        from_on=body["from_on"],
        to_on=body["to_on"],
        names=body["names"],
    )
    with here.write() as session:
        what = exports.prepare(session, wanted)
        table = None if what is None else what.table(body["table"])
        if what is None or table is None:
            raise Refusal("not_found")
        mark = _mark(session, caller, body["reason"])
        trail.record(
            session,
            caller,
            "exported",
            "form",
            wanted.form_key,
            area_code=body.get("area"),
            export_id=mark.id,
            format=body["format"],
            names=wanted.names,
            from_on=wanted.from_on.isoformat(),
            to_on=wanted.to_on.isoformat(),
            reason=mark.reason,
        )
    name = f"{wanted.form_key}-{wanted.from_on}-{wanted.to_on}"
    if body["format"] == "csv":
        return file(hashed(caller, mark, csv_of(here, what, table, mark)), CSV, f"{name}.csv")
    return file(hashed(caller, mark, read_out(_xlsx(here, what, mark))), XLSX, f"{name}.xlsx")


def _mark(session: Session, caller: Caller, reason: str) -> Mark:
    keep_pace(session, caller, "exported")
    by = accounts.names(session, [caller.account_id]).get(caller.account_id, "")
    return Mark(new_id(), by, house().clock(), reason.strip())


def csv_of(here: House, what: exports.Exporting, table: Table, mark: Mark) -> Iterator[bytes]:
    """A table as CSV, read while it is sent."""
    with here.read() as session:
        yield from csv_parts(table, exports.rows(session, here.vault, what, table, mark))


def waiting_file() -> BinaryIO:
    """A workbook is a ZIP: its end is written last, so it waits in a file, closed when read out."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY))


def _xlsx(here: House, what: exports.Exporting, mark: Mark) -> BinaryIO:
    out = waiting_file()
    book = Workbook(out, mark)
    with here.read() as session:
        for table in what.tables:
            head = [f"{column.label[LANGUAGE]}\n{column.key}" for column in table.columns]
            label = table.label[LANGUAGE] if table.name == "main" else table.name
            book.sheet(label, head, exports.rows(session, here.vault, what, table, mark))
    book.sheet("代码", ["代码表", "代码", "含义"], ([*line] for line in what.codes))
    book.close()
    out.seek(0)
    return out


def read_out(out: BinaryIO) -> Iterator[bytes]:
    """A finished file in parts; closed when read out."""
    with out:
        while part := out.read(_PART):
            yield part


def hashed(caller: Any, mark: Mark, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts; after the last one the audit says which bytes left (S44). A file that was
    found somewhere is looked for by its hash; one that was broken off has no such row.
    """
    who, request_id = trail.actor(caller), trail.request_id()
    return _hashed(house(), who, request_id, mark, parts)


def _hashed(
    here: House, who: Actor, request_id: str, mark: Mark, parts: Iterator[bytes]
) -> Iterator[bytes]:
    digest, size = sha256(), 0
    for part in parts:
        digest.update(part)
        size += len(part)
        yield part
    with here.write() as session:
        audit.record(
            session,
            who,
            "export_sent",
            "export",
            mark.id,
            area_code=None,
            detail={"sha256": digest.hexdigest(), "bytes": size},
            now=here.clock(),
            request_id=request_id,
        )


def file(parts: Iterator[bytes], media_type: str, name: str) -> Response:
    """A file to be saved: not a page, not kept, not guessed at (S22, S27)."""
    return Response(
        parts,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@route(
    blueprint,
    "POST",
    "/exports/figures",
    policy=signed_in(*STAFF),
    body=FigureExport,
    octets=FILES,
)
def export_figures(caller: Caller, body: dict[str, Any]) -> Response:
    """The report for the half-year's meeting: by month, by part, laid out for paper."""
    here = house()
    areas = some_areas(caller, body.get("area"))
    year, month, by = body["year"], body["month"], body["by"]
    official = body["basis"] == "official"
    with here.write() as session:
        mark = _mark(session, caller, body["reason"])
        aims = indicators.aims(session, catalogue(), areas[0], year)
        found = indicators.parts(session, areas, year, month, by, aims, official=official)
        months = figures.monthly(session, areas, year, official=official)
        names = names_of(session, by, found.parts)
        trail.record(
            session,
            caller,
            "exported",
            "figures",
            None,
            area_code=body.get("area"),
            export_id=mark.id,
            year=year,
            month=month,
            reason=mark.reason,
        )
    keys = [key for key in catalogue() if found.whole.get(key, Sum()).due]
    titles = {key: catalogue()[key].title[LANGUAGE] for key in keys}
    out = waiting_file()
    book = Workbook(out, mark)
    until = f"{year}年{month}月"
    book.sheet(
        "指标",
        ["指标", "分子", "分母", "率(%)", "目标(%)", *(f"{n}月(%)" for n in range(1, MONTHS + 1))],
        (
            [
                titles[key], *_told(found.whole[key]), aims.targets.get(key),
                *(months[key, n].percent if (key, n) in months else None
                  for n in range(1, MONTHS + 1)),
            ]
            for key in keys
        ),
        title=f"基本公共卫生服务进度（{until}）",
    )  # fmt: skip
    book.sheet(
        {"village": "按村", "township": "按乡镇", "worker": "按医生"}[by],
        ["名称", "指标", "分子", "分母", "率(%)", "目标(%)"],
        _by_part(found, names, titles, aims),
        title=f"基本公共卫生服务进度（{until}）",
    )
    book.sheet(
        "考核得分",
        ["名称", "得分"],
        _by_score(found, names),
        title=f"考核得分（{until}）",
    )
    book.close()
    out.seek(0)
    return file(hashed(caller, mark, read_out(out)), XLSX, f"figures-{year}-{month:02}.xlsx")


def _told(sum_: Sum) -> Row:
    return [sum_.met, sum_.due, sum_.percent]


def _by_score(found: indicators.Parts, names: dict[str, str]) -> Iterator[Row]:
    """The highest first; parts without a score last."""
    ranked = sorted(found.scores.items(), key=lambda each: -1.0 if each[1] is None else each[1])
    for part, points in reversed(ranked):
        yield [names.get(part, "") or NOBODY, points]


def _by_part(
    found: indicators.Parts, names: dict[str, str], titles: dict[str, str], aims: indicators.Aims
) -> Iterator[Row]:
    for part, sums in sorted(found.parts.items()):
        for key, title in titles.items():
            if key in sums:
                name = names.get(part, "") or NOBODY
                yield [name, title, *_told(sums[key]), aims.targets.get(key)]


@route(
    blueprint,
    "POST",
    "/exports/fhir",
    policy=signed_in(*STAFF),
    body=FhirExport,
    octets=BUNDLE,
)
def export_fhir(caller: Caller, body: dict[str, Any]) -> Response:
    """Everything known of one resident, as a FHIR R4B Bundle."""
    here, resident_id = house(), body["resident_id"]
    with here.write() as session:
        resident = residents.by_ids(session, here.vault, [resident_id]).get(resident_id)
        if resident is None or not caller.sees(resident.village_code):
            raise Refusal("not_found")
        mark = _mark(session, caller, body["reason"])
        told = fhir.bundle(
            resident,
            submissions.history(session, Asked(frozenset({resident_id}))),
            immunization.doses_of(session, [resident_id])[resident_id],
            followups.of_subjects(session, [resident_id])[resident_id],
            here.clock(),
        )
        trail.record(
            session,
            caller,
            "exported",
            "resident",
            resident_id,
            area_code=resident.village_code,
            export_id=mark.id,
            format="fhir",
            reason=mark.reason,
        )
    parts = hashed(caller, mark, iter([orjson.dumps(told)]))
    return file(parts, FHIR, f"{resident_id}.fhir.json")
