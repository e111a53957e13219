"""gunicorn's worker: threads, and no more than its share of the connections.

A phone, or the proxy before us, keeps its connection. Whichever process wakes first used to take
all that came together, and kept them: one core did all the work while the other slept. A worker
therefore hesitates a little before each connection, the longer the more it has: whoever has fewer
takes it meanwhile.
"""

from __future__ import annotations

from time import sleep
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HESITATION_S = 0.0005  # a connection held; a sleeping process wakes in a tenth of that
LONGEST_S = 0.005


def hesitation(held: int) -> float:
    """Seconds to wait before taking one more. :param held: connections that it has"""
    return min(HESITATION_S * held, LONGEST_S)


class FairWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker that leaves new connections to whoever has fewer."""

    def accept(self, listener: Any) -> None:
        """Take a connection, if it is still there."""
        sleep(hesitation(self.nr_conns))
        super().accept(listener)
