"""The ferry: who comes while it is away crosses together in the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from backend.intake.ferry import Ferry

SEATS = 4
SOON_S = 10.0


class River:
    """Crossings as they happened; each waits for its sign."""

    def __init__(self) -> None:
        self.crossings: list[list[str]] = []
        self.began = Event()
        self.sign = Event()

    def cross(self, passengers: Sequence[str]) -> list[str]:
        self.crossings.append(list(passengers))
        self.began.set()
        assert self.sign.wait(SOON_S)
        if "rock" in passengers:
            raise OSError("the ferry struck a rock")
        return [name.upper() for name in passengers]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def waiting(
    pool: ThreadPoolExecutor, ferry: Ferry[str, str], parties: Sequence[Sequence[str]]
) -> list[Future[list[str]]]:
    """Let parties come one after the other, in this order, while the ferry is away."""
    came = []
    for number, party in enumerate(parties, start=1):
        came.append(pool.submit(ferry.take, party))
        while ferry.waiting < number:
            pass
    return came


def test_who_comes_alone_goes_at_once_and_alone() -> None:
    river = River()
    river.sign.set()
    assert Ferry(river.cross, SEATS).take(["ada"]) == ["ADA"]
    assert river.crossings == [["ada"]]


def test_those_who_come_meanwhile_go_together_and_get_their_own_back(
    pool: ThreadPoolExecutor,
) -> None:
    river = River()
    ferry = Ferry(river.cross, SEATS)
    first = pool.submit(ferry.take, ["ada"])
    assert river.began.wait(SOON_S)
    others = waiting(pool, ferry, [["bo", "cy"], ["di"]])
    river.sign.set()
    assert first.result(SOON_S) == ["ADA"]
    assert [other.result(SOON_S) for other in others] == [["BO", "CY"], ["DI"]]
    assert river.crossings == [["ada"], ["bo", "cy", "di"]]


def test_only_after_company_it_lingers_for_more(pool: ThreadPoolExecutor) -> None:
    river = River()
    lingered: list[int] = []
    ferry = Ferry(river.cross, SEATS, lambda: lingered.append(len(river.crossings)))
    first = pool.submit(ferry.take, ["ada"])
    assert river.began.wait(SOON_S)
    others = waiting(pool, ferry, [["bo"], ["cy"]])
    river.sign.set()
    for future in [first, *others]:
        future.result(SOON_S)
    assert lingered == []
    assert ferry.take(["di"]) == ["DI"]
    assert lingered == [2]
    assert ferry.take(["ed"]) == ["ED"]
    assert lingered == [2]


def test_it_lingers_while_somebody_comes_in_every_moment_but_not_for_ever(
    pool: ThreadPoolExecutor,
) -> None:
    river = River()
    comers = [["di"], ["ed"]]
    moments: list[int] = []

    def moment() -> None:
        moments.append(ferry.waiting)
        if comers:
            others.append(pool.submit(ferry.take, comers.pop(0)))
            while ferry.waiting == moments[-1]:
                sleep(0.001)

    ferry = Ferry(river.cross, SEATS, moment, moments=6)
    first = pool.submit(ferry.take, ["ada"])
    assert river.began.wait(SOON_S)
    others = waiting(pool, ferry, [["bo"], ["cy"]])
    river.sign.set()
    for future in [first, *others]:
        future.result(SOON_S)
    assert ferry.take(["fi"]) == ["FI"]
    for future in others:
        future.result(SOON_S)
    assert moments == [1, 2, 3]
    assert river.crossings[2:] == [["fi", "di", "ed"]]


def test_a_party_is_never_parted(pool: ThreadPoolExecutor) -> None:
    river = River()
    ferry = Ferry(river.cross, SEATS)
    first = pool.submit(ferry.take, ["ada"])
    assert river.began.wait(SOON_S)
    others = waiting(
        pool, ferry, [["b1", "b2", "b3"], ["c1", "c2"], ["d1", "d2", "d3", "d4", "d5"]]
    )
    river.sign.set()
    for future in [first, *others]:
        future.result(SOON_S)
    assert river.crossings[1:] == [["b1", "b2", "b3"], ["c1", "c2"], ["d1", "d2", "d3", "d4", "d5"]]


def test_a_wreck_is_told_to_everybody_on_board_and_to_nobody_else(
    pool: ThreadPoolExecutor,
) -> None:
    river = River()
    ferry = Ferry(river.cross, SEATS)
    first = pool.submit(ferry.take, ["ada"])
    assert river.began.wait(SOON_S)
    others = waiting(pool, ferry, [["rock"], ["bo", "cy"], ["di", "ed"]])
    river.sign.set()
    assert first.result(SOON_S) == ["ADA"]
    for wrecked in others[:2]:
        with pytest.raises(OSError, match="rock"):
            wrecked.result(SOON_S)
    assert others[2].result(SOON_S) == ["DI", "ED"]
    assert ferry.take(["flo"]) == ["FLO"]
