"""``make test`` and its parts: quick checks first and all of them, then the tests."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import machine
import pages
from steps import ROOT, VAR, Stop, environment, say

NO_TESTS = 5  # pytest's exit code for 'nothing was collected'


@dataclass(frozen=True)
class Check:
    """A program that must end with 0."""

    name: str
    command: tuple[str | Path, ...]
    folder: Path
    env: Mapping[str, str]


def lint() -> int:
    """Set up and run the quick checks."""
    _quick(_set_up())
    return 0


def test() -> int:
    """Everything CI runs."""
    env = _set_up()
    machine.browsers()
    _quick(env)
    pages.build(env)
    results = VAR / "test"
    results.mkdir(parents=True, exist_ok=True)
    counts = [
        _pytest(results / "main.xml", "-m", "not browser and not faults", "-n", "2"),
        _pytest(results / "browser.xml", "-m", "browser and not faults"),
    ]
    passed, failed, skipped = (sum(numbers) for numbers in zip(*counts, strict=True))
    say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def faults() -> int:
    """The long tests: what goes wrong in the field, done on purpose."""
    env = _set_up()
    machine.browsers()
    pages.build(env)
    results = VAR / "test"
    results.mkdir(parents=True, exist_ok=True)
    passed, failed, skipped = _pytest(results / "faults.xml", "-m", "faults")
    say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def style() -> int:
    """Put the code into the house's style."""
    env = _set_up()
    ruff = machine.tool("ruff")
    _run(Check("imports", (ruff, "check", "--fix", "--quiet", "."), ROOT, environment()))
    _run(Check("layout", (ruff, "format", "."), ROOT, environment()))
    _run(Check("pages", ("npm", "run", "lint", "--silent", "--", "--fix"), pages.PWA, env))
    return 0


def bench() -> int:
    """Measure the server, then the engines; ends by itself after some minutes."""
    machine.python_packages(["test"], exact=False)
    codes = [
        subprocess.run(
            [machine.tool("python"), "-m", module], cwd=ROOT, env=_clean(), check=False
        ).returncode
        for module in ("tests.benchmarks", "tests.benchmarks.engines")
    ]
    return max(codes, key=abs)


def screenshots() -> int:
    """Take the pictures of the README from a running sample county."""
    env = _set_up()
    machine.browsers()
    pages.build(env)
    return subprocess.run(
        [machine.tool("python"), "-m", "tests.browser.screenshots"],
        cwd=ROOT, env=_clean(), check=False,
    ).returncode  # fmt: skip


def _set_up() -> dict[str, str]:
    groups = ["test", "node"] if machine.needs_node() else ["test"]
    machine.python_packages(groups, exact=True)
    return pages.packages()


def _clean() -> dict[str, str]:
    """Tests choose their own database and port; what the caller's server uses is none of theirs."""
    env = environment()
    for name in [*env]:
        if name in ("DATABASE_URL", "PORT") or name.startswith("SUIFANG_"):
            del env[name]
    return env


def _quick(node: Mapping[str, str]) -> None:
    python = environment()
    ruff = machine.tool("ruff")
    wanted = [
        Check("style (ruff)", (ruff, "check", "."), ROOT, python),
        Check("layout (ruff format)", (ruff, "format", "--check", "."), ROOT, python),
        Check("types (mypy)", (machine.tool("mypy"), "backend"), ROOT, python),
    ]
    for name, script in (
        ("types (vue-tsc)", "types"),
        ("style (eslint)", "lint"),
        ("layers (dependency-cruiser)", "arrows"),
        ("tests (vitest)", "test"),
    ):
        wanted.append(Check(name, ("npm", "run", "--silent", script), pages.PWA, node))
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in as_completed([pool.submit(_timed, check) for check in wanted]):
            check, seconds, done = future.result()
            say(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {check.name}, {seconds:.0f} s")
            if done.returncode:
                failed.append(check.name)
                say(done.stdout.rstrip())
    if failed:
        raise Stop(f"{len(failed)} of {len(wanted)} quick checks failed: {', '.join(failed)}.")


def _timed(check: Check) -> tuple[Check, float, subprocess.CompletedProcess[str]]:
    begun = time.monotonic()
    done = subprocess.run(
        [str(part) for part in check.command],
        cwd=check.folder,
        env={**check.env, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return check, time.monotonic() - begun, done


def _run(check: Check) -> None:
    _, _, done = _timed(check)
    if done.stdout.strip():
        say(done.stdout.rstrip())
    if done.returncode:
        raise Stop(f"{check.name}: something is left that cannot be put right by a machine.")


def _pytest(report: Path, *words: str) -> tuple[int, int, int]:
    """Run pytest and return how many passed, failed and were skipped.

    :raises Stop: pytest could not run at all
    """
    report.unlink(missing_ok=True)
    command: Sequence[str | Path] = (
        machine.tool("python"), "-m", "pytest", "-q", f"--junitxml={report}", *words,
    )  # fmt: skip
    code = subprocess.run(
        command, cwd=ROOT, env=_clean(), stdin=subprocess.DEVNULL, check=False
    ).returncode
    if code not in (0, 1, NO_TESTS) or not report.is_file():
        raise Stop(f"pytest ended with exit {code}; what it said stands above.")
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        raise Stop(f"{report} holds no results.")
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    if code == 1 and failed == 0:
        raise Stop("pytest found a failure that its report does not name; see above.")
    return total - failed - skipped, failed, skipped
