"""Whoever has fewer connections takes the next one; whoever has lost a thread ends."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from itertools import pairwise
from typing import Any

import pytest
from gunicorn.config import Config

from backend.web_worker import LONGEST_S, FairWorker, HandLost, Hands, hesitation


def test_the_more_it_has_the_longer_it_hesitates() -> None:
    waits = [hesitation(held) for held in range(8)]
    assert waits[0] == 0
    assert all(one < next_ for one, next_ in pairwise(waits))


def test_a_crowd_is_not_kept_waiting() -> None:
    assert hesitation(1000) == LONGEST_S


def test_every_thread_is_there_before_the_first_connection() -> None:
    hands = Hands(max_workers=3)
    before = threading.active_count()
    hands.start_all(timeout_s=5)
    assert threading.active_count() == before + 3
    assert sorted(hands.map(lambda n: n, range(20))) == list(range(20))
    assert threading.active_count() == before + 3, "none is started later"
    assert hands.are_whole()
    hands.shutdown()


class NoMemory:
    """A pipe to the main loop that has no room for one more word."""

    def defer(self, *_: Any) -> None:
        raise MemoryError


@pytest.fixture
def worker() -> FairWorker:
    made = FairWorker(1, 1, [], None, 30, Config(), None)
    made.tpool = Hands(max_workers=1)
    made.tpool.start_all(timeout_s=5)
    return made


def test_fault_43_a_worker_that_lost_a_thread_does_not_say_that_it_lives(
    worker: FairWorker,
) -> None:
    worker.notify()

    class Starved:
        """What the pool takes from its queue, and no memory to run it."""

        def run(self) -> None:
            raise MemoryError

    starved: Any = Starved()
    worker.tpool._work_queue.put(starved)
    (hand,) = worker.tpool._threads
    hand.join(timeout=5)
    with pytest.raises(HandLost):
        worker.notify()
    worker.tpool.shutdown()


def test_fault_43_an_answer_that_cannot_be_told_ends_the_worker(worker: FairWorker) -> None:
    worker.method_queue = NoMemory()
    done: Future[bool] = Future()
    done.set_result(True)
    worker._handled(object(), done)
    with pytest.raises(HandLost):
        worker.notify()
    worker.tpool.shutdown()
