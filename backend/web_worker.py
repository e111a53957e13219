"""gunicorn's worker: threads, and no more than its share of the connections.

A phone, or the proxy before us, keeps its connection. Whichever process wakes first used to take
all that came together, and kept them: one core did all the work while the other slept. A worker
therefore hesitates a little before each connection, the longer the more it has: whoever has fewer
takes it meanwhile.
"""

from __future__ import annotations

from errno import EMFILE, ENFILE, ENOBUFS, ENOMEM
from time import sleep
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HESITATION_S = 0.0005  # a connection held; a sleeping process wakes in a tenth of that
LONGEST_S = 0.005
FULL_S = 0.1
FULL = (EMFILE, ENFILE, ENOBUFS, ENOMEM)
"""What the system says when it has no file or memory left for one more connection."""


def hesitation(held: int) -> float:
    """Seconds to wait before taking one more. :param held: connections that it has"""
    return min(HESITATION_S * held, LONGEST_S)


class FairWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker that leaves new connections to whoever has fewer."""

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
