"""gunicorn's worker: threads, and no more than its share of the connections.

A phone, or the proxy before us, keeps its connection. Whichever process wakes first used to take
all that came together, and kept them: one core did all the work while the other slept. A worker
therefore hesitates a little before each connection, the longer the more it has: whoever has fewer
takes it meanwhile.

A worker that gets no memory any more must answer, or end and be replaced (fault 43). gunicorn's
own does neither: it starts a thread when the first connections come, and one that does not quite
start is waited for without end; a thread that dies is missed by nobody, and whatever it was to
answer stays without one, while the worker goes on telling that it lives.
"""

from __future__ import annotations

import signal
from concurrent.futures import Future, ThreadPoolExecutor
from errno import EMFILE, ENFILE, ENOBUFS, ENOMEM
from functools import partial
from threading import Barrier
from time import sleep
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HESITATION_S = 0.0005  # a connection held; a sleeping process wakes in a tenth of that
LONGEST_S = 0.005
FULL_S = 0.1
FULL = (EMFILE, ENFILE, ENOBUFS, ENOMEM)
"""What the system says when it has no file or memory left for one more connection."""


def hesitation(held: int) -> float:
    """Seconds to wait before taking one more.

    :param held: connections that it has; gunicorn may count one less after an error
    """
    return min(HESITATION_S * max(0, held), LONGEST_S)


class HandLost(RuntimeError):
    """A thread that should answer is gone, or could not hand back what it had done."""


class Hands(ThreadPoolExecutor):
    """Threads that are all there before the first connection comes."""

    def start_all(self, timeout_s: float) -> None:
        """Start every thread.

        :raises threading.BrokenBarrierError: they do not all come to life
        """
        together = Barrier(self._max_workers + 1)
        for _ in range(self._max_workers):
            self.submit(together.wait, timeout_s)
        together.wait(timeout_s)

    def are_whole(self) -> bool:
        """False once a thread has died."""
        return all(one.is_alive() for one in self._threads)


class FairWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker that leaves new connections to whoever has fewer."""

    is_spent = False
    tpool: Hands

    def get_thread_pool(self) -> Hands:
        """The threads that answer."""
        return Hands(max_workers=self.cfg.threads)

    def run(self) -> None:
        """Answer until told to end. Whatever ends it otherwise, the process is soon gone: the
        threads may finish what they have in hand, and are not waited for any longer.
        """
        try:
            self.tpool.start_all(self.cfg.graceful_timeout)
            super().run()
        except Exception:
            signal.alarm(max(1, self.cfg.graceful_timeout))
            raise

    def notify(self) -> None:
        """Tell the master that this worker lives; with a thread missing it does not.

        :raises HandLost: a thread has died, or what it has done cannot be told
        """
        if self.is_spent or not self.tpool.are_whole():
            raise HandLost
        super().notify()

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread answer what came on a connection."""
        self.tpool.submit(self.handle, conn).add_done_callback(partial(self._handled, conn))

    def _handled(self, conn: Any, done: Future[Any]) -> None:
        try:
            self.method_queue.defer(self.finish_request, conn, done)
        except MemoryError:
            self.is_spent = True  # nobody would ever close or continue this connection

    def accept(self, listener: Any) -> None:
        """Take a connection, if it is still there and there is room for it.

        Without room it stays at the door, where another process may take it: gunicorn would end
        this worker, and with it every request that it has.
        """
        sleep(hesitation(self.nr_conns))
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in FULL:
                raise
            sleep(FULL_S)
