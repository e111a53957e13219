"""S26: no statement is put together from texts. S52: no secret lies in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator

import pytest

from backend.house import House
from tests.builders.county import County
from tests.builders.residents import make_resident
from tests.builders.settings import ROOT

RAW = {"text", "exec_driver_sql", "literal_column", "DDL"}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36}\b"
    r"|\bxox[baprs]-[0-9A-Za-z-]{10,}|\bAIza[0-9A-Za-z_-]{35}\b|\bsk-[0-9A-Za-z]{32,}\b"
)


def raw_statements() -> Iterator[tuple[str, ast.expr]]:
    """Whatever is handed to the database as a text."""
    for file in sorted((ROOT / "backend").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        alchemy = {
            name.asname or name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for name in node.names
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in RAW and (name in alchemy or name == "exec_driver_sql"):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node.args[0]


def is_fixed(what: ast.expr) -> bool:
    """True for a text that stands in the code, or one of two that do."""
    if isinstance(what, ast.IfExp):
        return is_fixed(what.body) and is_fixed(what.orelse)
    return isinstance(what, ast.Constant)


def test_sec_s26_no_statement_is_put_together_from_texts() -> None:
    found = list(raw_statements())
    assert found, "the statements are not where this test looks"
    assert {where for where, what in found if not is_fixed(what)} == set()


@pytest.mark.parametrize(
    "typed",
    ["' OR 1=1 --", "'; DROP TABLE residents; --", "%", "_", "张%", "\\", "张' AND '1'='1", "[张]"],
)
def test_sec_s26_what_is_typed_is_never_a_pattern(house: House, county: County, typed: str) -> None:
    with house.write() as session:
        make_resident(house, session)
    answer = county.reviewer.get("/residents", query_string={"q": typed})
    assert (answer.status_code, (answer.json or {})["items"]) == (200, [])
    again = county.reviewer.get("/residents", query_string={"q": "张"})
    assert len((again.json or {})["items"]) == 1


def test_sec_s52_no_secret_lies_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True
    ).stdout.split(b"\0")
    if listed == [b""]:
        pytest.skip("no repository here: an unpacked release is looked at before it is packed")
    names = [name.decode() for name in listed if name]
    assert len(names) > 500
    found = set()
    for name in names:
        if (ROOT / name).is_file() and SECRETS.search((ROOT / name).read_bytes().decode("latin-1")):
            found.add(name)
    assert found == set()


def test_sec_s52_a_secret_would_be_found() -> None:
    assert SECRETS.search("-----BEGIN EC " + "PRIVATE KEY-----")
