"""Splink on the same registrations, for the table of ``tests.benchmarks.identity``.

``python -m tests.benchmarks.splink_beside FILE.json`` reads what the other wrote: registrations
made ready (names in pinyin, numbers normalised, addresses read) with their people, and prints one
JSON object. Runs in an environment with the ``bench`` group. Splink's own comparisons and EM, with
the threshold that suits it best: more tuning brings it further on a file that is known.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

COLUMNS = (
    "name", "sounds", "birth", "id_no", "phone", "sex", "village", "door", "household", "street",
)  # fmt: skip
BLOCKS = (
    ("id_no",), ("phone",), ("household",), ("village", "door"), ("village", "sounds"),
    ("birth", "village"), ("birth", "first"), ("birth", "last"), ("sounds",), ("street",),
)  # fmt: skip


def main(file: str) -> int:
    """Measure and print."""
    told = json.loads(Path(file).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(measure(told["rows"], told["split"])) + "\n")
    return 0


def measure(rows: list[dict[str, Any]], split: int | None) -> dict[str, Any]:
    """Precision, recall and F1 at Splink's best threshold, seconds and MB."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    people = [row.pop("cluster_id") for row in rows]
    sides = [list(range(len(rows)))] if split is None else [
        list(range(split)), list(range(split, len(rows)))
    ]  # fmt: skip
    frames = [
        pd.DataFrame([{"unique_id": n} | {k: v or None for k, v in rows[n].items()} for n in side])
        for side in sides
    ]
    began = perf_counter()
    pairs = _linked(frames)
    seconds = perf_counter() - began
    return _best(pairs, people, sides) | {
        "seconds": round(seconds, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _linked(frames: list[pd.DataFrame]) -> list[tuple[float, int, int]]:
    used = [c for c in COLUMNS if frames[0][c].notna().any()]
    rules = [block_on(*r) for r in BLOCKS if all(frames[0][c].notna().any() for c in r)]
    compared: dict[str, Any] = {
        "name": cl.JaroWinklerAtThresholds("name", [0.9, 0.7]),
        "sounds": cl.JaroWinklerAtThresholds("sounds", [0.92, 0.8]),
        "household": cl.ExactMatch("household"),
        "birth": cl.LevenshteinAtThresholds("birth", [1, 2]),
        "id_no": cl.LevenshteinAtThresholds("id_no", [1, 2]),
        "phone": cl.LevenshteinAtThresholds("phone", [1]),
        "sex": cl.ExactMatch("sex"),
        "village": cl.ExactMatch("village"),
        "door": cl.ExactMatch("door"),
        "street": cl.JaroWinklerAtThresholds("street", [0.9, 0.8]),
    }
    settings = SettingsCreator(
        link_type="dedupe_only" if len(frames) == 1 else "link_only",
        comparisons=[compared[c] for c in used if c in compared],
        blocking_rules_to_generate_predictions=rules,
    )
    database = DuckDBAPI()
    tables = [database.register(frame) for frame in frames]
    linker = Linker(tables if len(tables) > 1 else tables[0], settings)
    linker.training.estimate_probability_two_random_records_match(rules[:1], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("birth"), block_on("sounds")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=-5).as_pandas_dataframe()
    return list(zip(found["match_weight"], found["unique_id_l"], found["unique_id_r"], strict=True))


def _best(
    pairs: list[tuple[float, int, int]], people: list[str], sides: list[list[int]]
) -> dict[str, float]:
    side_of = {n: i for i, side in enumerate(sides) for n in side}
    counts: dict[tuple[str, int], int] = {}
    for n, who in enumerate(people):
        counts[who, side_of[n]] = counts.get((who, side_of[n]), 0) + 1
    if len(sides) == 1:
        true = sum(k * (k - 1) // 2 for k in counts.values())
    else:
        true = sum(k * counts.get((who, 1), 0) for (who, i), k in counts.items() if i == 0)
    best = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    right = 0
    for n, (_, a, b) in enumerate(sorted(pairs, reverse=True), start=1):
        right += people[a] == people[b]
        f1 = 2 * right / (n + true)
        if f1 > best["f1"]:
            best = {"precision": right / n, "recall": right / true, "f1": f1}
    return {k: round(v, 5) for k, v in best.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
