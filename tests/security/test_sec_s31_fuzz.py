"""S31, fault 53: no request brings the server down, whatever its description allows or forbids.

Five requests a route in ``make test``; a thousand in ``make faults``, a hundred thousand in all.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.builders.world import World
from tests.security.doors import DOORS
from tests.security.fuzzing import operation_of, operations, requests, send

SLOW = {name for name in DOORS if name.startswith("GET /drafts")}
"""Each looks at every form's draft: a second a question, so only among the thousands."""
A_FEW, MANY = 5, int(os.environ.get("SUIFANG_FUZZ", "1000"))
NEVER = {"GET /openapi.json", "GET /health/live", "GET /health/ready"}  # nothing can be asked there
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


@pytest.fixture(scope="module")
def described(world: World) -> dict[str, Any]:
    return operations(world)


def fuzzed(world: World, route: str, operation: Any, times: int, *, same: bool) -> int:
    """Ask so many times; how many were asked.

    :raises AssertionError: an answer of 500 or above; errors of the server come as they are
    """
    asked = 0

    @settings(
        max_examples=times, deadline=None, database=None, derandomize=same, phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(requests(world, route, operation))
    def ask(request: Any) -> None:
        nonlocal asked
        asked += 1
        answer = send(world, route, request)
        assert answer.status_code < 500, f"{request}: {answer.text[:500]}"
        if answer.status_code < 300 and request[0] != "GET":
            world.restored()

    ask()
    world.restored()
    return asked


@pytest.mark.parametrize("route", sorted(set(DOORS) - NEVER - SLOW))
def test_sec_s31_some_invented_requests(
    world: World, described: dict[str, Any], route: str
) -> None:
    assert fuzzed(world, route, described[operation_of(route)], A_FEW, same=True) >= 1


@pytest.mark.faults
@pytest.mark.parametrize("route", sorted(set(DOORS) - NEVER))
def test_sec_s31_a_thousand_invented_requests(
    world: World, described: dict[str, Any], route: str
) -> None:
    assert fuzzed(world, route, described[operation_of(route)], MANY, same=False) >= 1
