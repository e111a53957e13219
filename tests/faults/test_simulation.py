"""Three phones against the real server, killed, cut off and with jumping clocks: nothing lost,
nothing twice (promises 3 and 4). What the machine may do is one rule each; a run that fails is
shrunk to its shortest and printed as a program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.faults.conftest import Field
from tests.faults.proxy import PORTAL, answer

pytestmark = pytest.mark.browser  # needs the built pages, and one county for all

LOGINS = ("doctor", "doctor2", "doctor3")
HOUR_MS = 3_600_000
WEATHERS: tuple[dict[str, object], ...] = (
    {},
    {},
    {"swallow": True},
    {"cut_up": 0},
    {"cut_up": 1500},
    {"cut_down": 60},
    {"twice": True},
    {"latency_s": 0.05},
    {"instead": answer("200 OK", PORTAL, "Content-Type: text/html")},
)
PHONES = st.sampled_from(range(len(LOGINS)))


class ThreePhones(RuleBasedStateMachine):
    """The phones of three doctors, and the one network between them and the township."""

    go: ClassVar[Callable[..., Field]]

    def __init__(self) -> None:
        super().__init__()
        self.fields = [type(self).go(login) for login in LOGINS]
        self.network = self.fields[0].network

    @rule(who=PHONES, number=st.integers(0, 40))
    def makes_a_visit(self, who: int, number: int) -> None:
        self.fields[who].visit(number)

    @rule(who=PHONES)
    def sends(self, who: int) -> None:
        self.fields[who].phone.do("send")
        self._hold(who)

    @rule(who=PHONES)
    def exchanges(self, who: int) -> None:
        self.fields[who].phone.do("round")
        self._hold(who)

    @rule(weather=st.sampled_from(WEATHERS))
    def the_weather_changes(self, weather: dict[str, object]) -> None:
        self.network.rain(**weather)

    @rule(who=PHONES)
    def is_killed(self, who: int) -> None:
        self.fields[who].phone.restart()

    @rule(who=PHONES, when=st.sampled_from(["before", "after"]))
    def dies_while_sending(self, who: int, when: str) -> None:
        phone = self.fields[who].phone
        phone.do("die", when)
        phone.do("send")
        phone.restart()

    @rule(who=PHONES, hours=st.sampled_from([-498_000, -30, 0, 5, 30, 24 * 20]))
    def turns_the_clock(self, who: int, hours: int) -> None:
        self.fields[who].phone.do("clock", hours * HOUR_MS)

    @rule(who=PHONES)
    def loses_its_session(self, who: int) -> None:
        phone = self.fields[who].phone
        phone.do("forget_cookies")
        phone.restart()

    def _hold(self, who: int) -> None:
        self.fields[who].check()

    def teardown(self) -> None:
        """At last the network is fine: everything must have arrived, once."""
        try:
            for one in self.fields:
                one.phone.do("clock", 0)
                one.phone.restart()
                one.settle_sending()
        finally:
            for one in self.fields:
                one.phone.end()


def _simulate(go: Callable[..., Field], runs: int, steps: int, number: int = 0) -> None:
    """:param number: of the seed; the same number plays the same runs"""
    machine = type("Simulation", (ThreePhones,), {"go": staticmethod(go)})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        seed(number)(machine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_three_phones_lose_nothing(in_the_field: Callable[..., Field]) -> None:
    _simulate(in_the_field, runs=1, steps=12)


@pytest.mark.faults
@pytest.mark.parametrize("number", range(1, 11))
def test_three_phones_lose_nothing_for_long(
    in_the_field: Callable[..., Field], number: int
) -> None:
    _simulate(in_the_field, runs=5, steps=60, number=number)
