"""The world that the matrix and the fuzzer ask about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from backend.app import create_app
from tests.builders.settings import make_settings
from tests.builders.world import World, make_world
from tests.databases import in_memory
from tests.fakes.clock import MORNING, FakeClock


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite alone: scope is compared as text of fixed length on both databases (S02)."""
    folder = tmp_path_factory.mktemp("world")
    file = (in_memory() or folder) / f"suifang-{folder.parent.name}-{folder.name}.sqlite3"
    shutil.copyfile(sqlite_template, file)
    with time_machine.travel(MORNING, tick=False) as traveller:
        app = create_app(make_settings(folder, f"sqlite:///{file}"), FakeClock(traveller))
        app.testing = True
        made = make_world(app, file)
        yield made
        made.house.engine.dispose()
    for left in file.parent.glob(f"{file.stem}*"):
        left.unlink()
