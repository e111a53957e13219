"""Crossing together: envelopes that come while others are being written share the next transaction.

A transaction costs about as much for one envelope as for ten: the same queries, one commit, one
wait for the disk. Whoever comes first goes at once, alone, and those who come meanwhile go together
when the ferry is back. Only after a crossing with company does it linger, for as long as somebody
comes in every moment: then more are on their way, and they get here sooner while nothing else is
done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Ferry(Generic[T, R]):
    """One crossing at a time in this process.

    :param cross: what a crossing does: one result for each of its passengers, in their order
    :param seats: passengers a crossing takes; a party is never parted
    :param linger: waits a moment
    :param moments: after so many it goes, whoever may still be coming
    """

    def __init__(
        self,
        cross: Callable[[Sequence[T]], Sequence[R]],
        seats: int,
        linger: Callable[[], None] = lambda: None,
        moments: int = 1,
    ) -> None:
        self._cross = cross
        self._seats = seats
        self._linger = linger
        self._moments = moments
        self._had_company = False
        self._waiting: deque[_Party[T, R]] = deque()
        self._bank = Lock()
        self._helm = Lock()

    def take(self, passengers: Sequence[T]) -> list[R]:
        """Cross with whoever else is waiting, and come back with the results.

        :raises Exception: whatever ended the crossing, for everybody on board
        """
        party = _Party[T, R](list(passengers))
        with self._bank:
            self._waiting.append(party)
        with self._helm:
            while not party.is_over:
                if self._had_company:
                    self._linger_while_they_come()
                boarded = self._board()
                self._had_company = len(boarded) > 1
                self._steer(boarded)
        if party.wreck is not None:
            raise party.wreck
        return party.results

    @property
    def waiting(self) -> int:
        """Parties that are not on board yet."""
        with self._bank:
            return len(self._waiting)

    def _linger_while_they_come(self) -> None:
        for _ in range(self._moments):
            before = self.waiting
            self._linger()
            if self.waiting == before:
                return

    def _board(self) -> list[_Party[T, R]]:
        boarded: list[_Party[T, R]] = []
        seats = self._seats
        with self._bank:
            while self._waiting and (not boarded or len(self._waiting[0].passengers) <= seats):
                party = self._waiting.popleft()
                seats -= len(party.passengers)
                boarded.append(party)
        return boarded

    def _steer(self, boarded: Sequence[_Party[T, R]]) -> None:
        passengers = [one for party in boarded for one in party.passengers]
        try:
            results = list(self._cross(passengers))
        except BaseException as wreck:  # each of them raises it in their own thread
            for party in boarded:
                party.wreck = wreck
                party.is_over = True
            return
        for party in boarded:
            count = len(party.passengers)
            party.results, results = results[:count], results[count:]
            party.is_over = True


class _Party(Generic[T, R]):
    """Those who came together.

    :param wreck: what ended their crossing
    """

    def __init__(self, passengers: list[T]) -> None:
        self.passengers = passengers
        self.results: list[R] = []
        self.wreck: BaseException | None = None
        self.is_over = False
