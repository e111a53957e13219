"""Use case: take envelopes. Owns the transactions.

Envelopes cross in groups of about 50, one transaction a group, those of several phones together
(``ferry``). If anything raises, the group is rolled back and done one envelope at a time, so that
one bad envelope never costs another. Receipts go out only after commit (docs/decisions/0001, 0007).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from time import sleep
from typing import Any

from sqlalchemy.orm import Session

from backend.geo.service import VillageIndex
from backend.intake.crossing import Crossing, log, log_defect
from backend.intake.drafting import Means, drafts
from backend.intake.ferry import Ferry
from backend.intake.model import Receipt, Sender, Sent, named
from backend.intake.opening import open_envelope
from backend.kernel.db_errors import is_away
from backend.kernel.errors import frames_of
from backend.kernel.sealing import SealKey
from backend.kernel.vault import Vault

GROUP = 50
LINGER_S = 0.005


class Line:
    """The line of one process.

    :param read: a session for reading that sees one state of the database throughout
    :param transact: runs work in a write transaction, commits, and retries when two of them met
    :param villages: boundaries, held in memory
    :param moments: for how many of ``LINGER_S`` a crossing waits for others at most
    """

    def __init__(
        self,
        *,
        read: Callable[[], AbstractContextManager[Session]],
        transact: Callable[[Callable[[Session], list[Receipt]]], list[Receipt]],
        vault: Vault,
        seal_keys: Mapping[str, SealKey],
        villages: Callable[[], VillageIndex],
        clock: Callable[[], datetime],
        moments: int,
    ) -> None:
        self._read = read
        self._transact = transact
        self._vault = vault
        self._seal_keys = seal_keys
        self._villages = villages
        self._clock = clock
        self._ferry = Ferry(self._cross, GROUP, lambda: sleep(LINGER_S), moments)

    def receive(self, raw: Sequence[Any], sender: Sender) -> list[Receipt]:
        """Take envelopes, in their order.

        :param raw: members of the request, parsed JSON of any shape
        :returns: one receipt an envelope, in the same order; everything told is on disk
        :raises sqlalchemy.exc.DBAPIError: the database is away or full; nothing is told then
        """
        sent = [Sent(open_envelope(one, self._seal_keys), sender) for one in raw]
        receipts: list[Receipt] = []
        for start in range(0, len(sent), GROUP):
            receipts += self._ferry.take(sent[start : start + GROUP])
        return receipts

    def _cross(self, group: Sequence[Sent]) -> list[Receipt]:
        try:
            return self._together(group)
        except Exception as error:
            if is_away(error):
                raise
            log.warning(
                "a group of %d was rolled back, now one by one: %s at %s",
                len(group),
                type(error).__name__,
                frames_of(error),
            )
        return [self._alone(one) for one in group]

    def _alone(self, one: Sent) -> Receipt:
        try:
            return self._together([one])[0]
        except Exception as error:
            if is_away(error):
                raise
            # The phone keeps it and tries again; staff see the request id in the log.
            log_defect(error, one.sender)
            return Receipt(*named(one.envelope.header), "failed", "server_error", self._clock())

    def _together(self, group: Sequence[Sent]) -> list[Receipt]:
        """One transaction. Reading and deciding come before it, so that it holds its locks for as
        long as writing takes; whatever changed meanwhile is decided again inside.
        """
        now = self._clock()
        means = Means(self._vault, self._seal_keys, self._villages())
        with self._read() as session:
            drafted = drafts(session, means, group, now)
        return self._transact(lambda session: Crossing(session, means, now).write(group, drafted))
