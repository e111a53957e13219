"""``flask dedup``: anyone can check on labelled data how well people are told apart."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from apiflask import APIFlask
from click.testing import Result

from tests.benchmarks.registrations import write

pytestmark = pytest.mark.sqlite_only("reads files, no database")


def run(app: APIFlask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=["dedup", *map(str, args)])


def test_labelled_registrations_are_judged(app: APIFlask, tmp_path: Path) -> None:
    file = tmp_path / "county.csv"
    write(file, seed=5, households=300)
    result = run(app, "evaluate", file)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {
        "precision", "recall", "f1", "f1_clustered", "same", "unsure", "pairs_compared", "seconds",
        "peak_mb",
    } <= told.keys()  # fmt: skip
    assert {"precision", "recall", "pairs"} == told["same"].keys() == told["unsure"].keys()
    assert told["f1"] > 0.97
    assert told["same"]["recall"] + told["unsure"]["recall"] > 0.98
    assert told["same"]["precision"] > 0.99


def test_two_files_are_linked_by_the_columns_named(app: APIFlask, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("id,姓名,性别,出生日期,电话\nA1,李秀英,女,1956-03-02,13888880001\n")
    second.write_text(
        "nr,who,sex,birth,phone\nB7,LI XIUYING,2,19560302,138 8888 0001\nB8,王强,1,,\n"
    )
    bare = run(app, "link", first, second)
    assert (bare.exit_code, "no column for id" in bare.output) == (2, True)
    renamed = second.read_text().replace("nr,who", "id,who").replace("birth", "出生日期")
    second.write_text(
        renamed.replace("who", "姓名").replace("sex", "性别").replace("phone", "电话")
    )
    result = run(app, "link", first, second)
    (row,) = csv.DictReader(result.stdout.splitlines())
    assert (row["first_id"], row["second_id"]) == ("A1", "B7")
    assert "name=sound" in row["why"]


def test_an_estimate_tells_how_far_local_data_differ(app: APIFlask, tmp_path: Path) -> None:
    file = tmp_path / "county.csv"
    write(file, seed=6, households=200)
    told = json.loads(run(app, "estimate", file).stdout)
    assert 0 < told["share_of_one_person"] < 1
    exact = next(r for r in told["levels"] if (r["field"], r["level"]) == ("name", "exact"))
    assert exact["estimated_bits"] > 0
    assert exact["difference"] == pytest.approx(exact["estimated_bits"] - exact["shipped_bits"])


def test_a_file_that_cannot_be_read_is_told(app: APIFlask, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("record_id,cluster_id\n")
    result = run(app, "evaluate", file)
    assert (result.exit_code, "no rows" in result.output) == (2, True)
