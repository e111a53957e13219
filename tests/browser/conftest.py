"""What the journeys share: Debian's Chromium, and one installation with a sample county."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.browser.chromium import LAUNCH, Handset
from tests.browser.sample import SampleCounty, sample_county
from tests.fakes.push_server import PushServer, running_push_server

RESIDENTS = 600
"""As many as it takes for a village to have a mother who has just given birth."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium."""
    return browser_type_launch_args | LAUNCH


@pytest.fixture(scope="session")
def push_service() -> Iterator[PushServer]:
    with running_push_server() as service:
        yield service


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, push_service: PushServer
) -> Iterator[SampleCounty]:
    """One installation for all journeys: each has a doctor of its own."""
    var = tmp_path_factory.mktemp("sample")
    with sample_county(var, sqlite_template, RESIDENTS, push_test=push_service.origin) as county:
        yield county


@pytest.fixture
def handset(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., Handset]]:
    """``handset(place)``: a phone held at a place; its browser ends with the test. Further options
    are Playwright's, for a phone that is not like the others.
    """
    made: list[Handset] = []

    def make(place: tuple[float, float], **options: Any) -> Handset:
        made.append(Handset(playwright, tmp_path / f"profile{len(made)}", place, **options))
        return made[-1]

    yield make
    for number, one in enumerate(made):
        one.picture(tmp_path / f"phone{number}.png")
        one.close()
