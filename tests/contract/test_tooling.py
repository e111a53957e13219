"""The two commands and what they rest on keep their word."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / ".ci" / "bootstrap"


def bootstrap(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of the bootstrap, found as ``python .ci/bootstrap`` finds it."""
    monkeypatch.syspath_prepend(str(BOOTSTRAP))
    spec = importlib.util.spec_from_file_location(name, BOOTSTRAP / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_the_bootstrap_needs_nothing_but_python() -> None:
    own = {path.stem for path in BOOTSTRAP.glob("*.py")}
    for path in BOOTSTRAP.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                assert top in own or top in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_every_target_of_the_makefile_is_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rule = next(line for line in makefile.splitlines() if line.startswith("run test "))
    targets = set(rule.rstrip(":").split())
    main = (BOOTSTRAP / "__main__.py").read_text(encoding="utf-8")
    assert targets == set(re.findall(r'^    "(\w+)": ', main, re.MULTILINE))


def test_ci_runs_exactly_make_test() -> None:
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    commands = [line for line in text.splitlines() if re.match(r"\w", line)][2:]
    assert commands == ["exec make --no-print-directory test </dev/null"]


def test_processes_of_the_procfile_get_their_signals_themselves() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["web", "worker"]
    # Without exec a shell would stand between honcho and the process.
    assert all(line.partition(": ")[2].startswith("exec .venv/bin/") for line in lines)


@pytest.mark.parametrize("name", ["uv.lock", "pwa/package-lock.json", ".ci/uv.txt"])
def test_locks_name_public_registries_only(name: str) -> None:
    hosts = set(re.findall(r"https?://([^/\"\s]+)", (ROOT / name).read_text(encoding="utf-8")))
    of_packages = {
        host for host in hosts if "pypi" in host or "pythonhosted" in host or "npm" in host
    }
    expected = {"pypi.org", "files.pythonhosted.org", "registry.npmjs.org"}
    assert of_packages <= expected
    if name == "uv.lock":
        assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_work_is_done_again_when_a_byte_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap("steps", monkeypatch)
    stamps = bootstrap("stamps", monkeypatch)
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "VAR", tmp_path / "var")
    source = tmp_path / "pwa" / "src"
    source.mkdir(parents=True)
    (source / "a.ts").write_text("one")
    (tmp_path / "pwa" / "dist").mkdir()
    (tmp_path / "pwa" / "dist" / "a.js").write_text("made")

    def stamp() -> object:
        return stamps.Stamp("pages", stamps.digest(stamps.files_below(tmp_path / "pwa"), "node 24"))

    assert not stamp().holds()
    stamp().set()
    assert stamp().holds()
    (tmp_path / "pwa" / "dist" / "a.js").write_text("made anew")
    assert stamp().holds(), "what is made is no input"
    (source / "a.ts").write_text("two")
    assert not stamp().holds()
    (source / "a.ts").write_text("one")
    (source / "a.ts").rename(source / "b.ts")
    assert not stamp().holds(), "a new name is a change"


def test_a_failing_step_says_what_failed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = bootstrap("steps", monkeypatch)
    with pytest.raises(steps.Stop, match=r"Pages failed \(.* exit 3\)\. Try again\."):
        steps.do(
            "Pages",
            [sys.executable, "-c", "import sys; print('no such file'); sys.exit(3)"],
            hint="Try again.",
        )
    assert "no such file" in capfd.readouterr().err


def test_sec_s51_the_bill_of_materials_names_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap("steps", monkeypatch)
    parts = bootstrap("sbom", monkeypatch).document()["components"]
    assert len(parts) == len({part["purl"] for part in parts}) > 300
    scopes = {part["name"]: part["scope"] for part in parts}
    assert {scopes[name] for name in ("flask", "cryptography", "werkzeug", "vue", "dexie")} == {
        "required"
    }
    assert {scopes[name] for name in ("pytest", "schemathesis", "vitest")} == {"excluded"}
    assert all(part.get("hashes") for part in parts)


FLOORS = {
    "gunicorn": (23,), "pyjwt": (2, 13), "marshmallow": (4, 1, 2), "flask": (3, 1, 3),
}  # fmt: skip


def test_sec_s51_nothing_below_the_floor_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap("steps", monkeypatch)
    parts = bootstrap("sbom", monkeypatch).document()["components"]
    locked = {part["name"]: tuple(map(int, re.findall(r"\d+", part["version"]))) for part in parts}
    assert {name: locked[name] for name in FLOORS if locked[name] < FLOORS[name]} == {}
