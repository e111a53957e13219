"""``flask dedup``: who is one person with whom, in files; anyone can check it on labelled data."""

from __future__ import annotations

import csv
import resource
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import NoReturn

import click
import orjson

from backend.dedup.model import SAME, Registration
from backend.dedup.rules import estimating, scoring
from backend.dedup.rules.comparing import levels
from backend.dedup.rules.evaluating import evaluate, false_by_trap, true_pairs
from backend.dedup.rules.files import columns_of, registration
from backend.dedup.rules.linking import candidates, link
from backend.dedup.rules.traits import traits_of

WRONG_INPUT = 2
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Rows = list[dict[str, str]]


@click.group("dedup")
def command() -> None:
    """Same person? The machine's answer, and how good it is."""


@command.command("evaluate")
@click.argument("file", type=FILE)
@click.option("--label", default="cluster_id", help="The column that says who is who.")
def evaluate_file(file: Path, label: str) -> None:
    """Compare the registrations of FILE, print how many were told right, as JSON.

    FILE is CSV (UTF-8) with record_id, cluster_id, name, sex, birth_date, id_number, phone,
    address, village_code, household_id, lat, lon; all but the first two may be missing.
    precision, recall and f1 are of the pairs called the same at the shipped setting,
    f1_clustered after joining.
    """
    began = perf_counter()
    rows, people = _read(file, {})
    if label not in rows[0]:
        _refuse(f"{file}: no column {label}")
    linked = link(people)
    seconds = perf_counter() - began
    true = true_pairs([row[label] for row in rows])
    told = evaluate(linked, true)
    told["seconds"] = round(seconds, 2)
    told["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    if "kind" in rows[0]:
        wrong = [pair for pair, verdict in linked.pairs.items() if verdict.verdict == SAME]
        told["wrong_by_trap"] = false_by_trap(wrong, [row["kind"] for row in rows], true)
    click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))


@command.command("link")
@click.argument("first", type=FILE)
@click.argument("second", type=FILE)
@click.option(
    "--column", "told", multiple=True, metavar="WHAT=HEADING",
    help="Where to find what: id, name, sex, birth_date, id_no, phone, address, ...",
)  # fmt: skip
def link_files(first: Path, second: Path, told: tuple[str, ...]) -> None:
    """Find the people of FIRST in SECOND; prints CSV: both ids, verdict, score, why."""
    wanted = dict(one.split("=", 1) for one in told if "=" in one)
    _, ours = _read(first, wanted)
    _, theirs = _read(second, wanted)
    people = [*ours, *theirs]
    out = csv.writer(sys.stdout)
    out.writerow(["first_id", "second_id", "verdict", "score", "why"])
    for (a, b), verdict in sorted(link(people, len(ours)).pairs.items()):
        why = " ".join(f"{name}={level}" for name, level in verdict.explanation.items())
        out.writerow([people[a].id, people[b].id, verdict.verdict, f"{verdict.score:.4f}", why])


@command.command("estimate")
@click.argument("file", type=FILE)
def estimate_file(file: Path) -> None:
    """Estimate the weights anew from FILE, without labels, and print how they differ, as JSON.

    Nothing is changed: weights fixed beforehand carry over to other data better than fitted ones.
    """
    _, people = _read(file, {})
    read = [traits_of(one) for one in people]
    counts = Counter(levels(read[a], read[b]) for a, b in candidates(read))
    found = estimating.estimate(counts, scoring.shipped())
    told = {
        "pairs_compared": sum(counts.values()),
        "share_of_one_person": round(found.matches, 5),
        "levels": estimating.differences(found, counts, scoring.shipped()),
    }
    click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def _read(file: Path, told: dict[str, str]) -> tuple[Rows, list[Registration]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        if not rows:
            _refuse(f"{file}: no rows")
        columns = columns_of(list(rows[0]), told)
        return rows, [registration(row, columns) for row in rows]
    except KeyError as error:
        _refuse(f"{file}: no column for {error.args[0]}")
    except (UnicodeDecodeError, ValueError) as error:
        _refuse(f"{file}: {error}")


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(WRONG_INPUT)
