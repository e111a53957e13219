"""The figures: one table for people, ``var/bench.json`` for comparison."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Figure:
    """One measured value.

    :param floor: what the machine does at best at the same thing, in the same unit
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    conditions: dict[str, Any] = field(default_factory=dict)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so large a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "cpu": _cpu_name(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("gunicorn", "sqlalchemy", "flask", "psycopg")},
    }


def fixed_loop_us() -> float:
    """Processor time of a loop that is always the same: how fast the machine is just now."""
    begun = time.process_time()
    total = 0
    for number in range(1000):
        total += number * number % 7
    return (time.process_time() - begun) * 1e6


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def save(file: Path, figures: Sequence[Figure], conditions: dict[str, Any]) -> None:
    """Write every figure with the conditions it was measured under."""
    rows = [
        {**asdict(figure), "conditions": {**conditions, **figure.conditions}} for figure in figures
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(figures: Sequence[Figure], conditions: dict[str, Any]) -> str:
    """The figures in columns."""
    lines = ["", "  ".join(f"{name} {value}" for name, value in conditions.items()), ""]
    lines.append(f"{'':44} {'value':>10} {'floor':>10}  unit")
    for figure in figures:
        floor = "" if figure.floor is None else f"{figure.floor:,.1f}"
        lines.append(f"{figure.name:44} {figure.value:>10,.1f} {floor:>10}  {figure.unit}")
    return "\n".join(lines)
