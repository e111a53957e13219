"""The dependency rule, held by import-linter (contracts in pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
DOMAINS = sorted(path.parent.name for path in (ROOT / "backend").glob("*/tables.py"))


def test_every_import_keeps_the_contracts() -> None:
    # In a process of its own: it silences every logger that other tests listen to.
    program = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_store_has_its_tables_to_itself(domain: str) -> None:
    if not list((ROOT / "backend" / domain).glob("store*")):
        # Nobody but the table registry imports them yet; the first store brings its contract.
        importers = [
            path
            for path in (ROOT / "backend").rglob("*.py")
            if f"backend.{domain}.tables" in path.read_text("utf-8")
            or f"backend.{domain} import tables" in path.read_text("utf-8")
        ]
        assert importers == [ROOT / "backend" / "tables.py"]
        return
    wanted = {
        "name": f"The tables of {domain} belong to its store",
        "type": "protected",
        "protected_modules": [f"backend.{domain}.tables"],
        "allowed_importers": [f"backend.{domain}.store", "backend.tables"],
    }
    assert wanted in CONTRACTS, f"add this contract to pyproject.toml: {wanted}"


def test_the_contracts_see_every_domain() -> None:
    inside = next(c for c in CONTRACTS if c["name"].startswith("Inside a domain"))
    web = next(c for c in CONTRACTS if c["name"].startswith("The web"))
    for domain in DOMAINS:
        assert f"backend.{domain}" in inside["containers"]
        assert f"backend.{domain}" in web["source_modules"]
