"""An SMS gateway that keeps what it is given."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from backend.reminders.model import Outcome, ShortMessage


@dataclass
class FakeGateway:
    """Takes everything for five fen, unless told otherwise.

    :param answers: outcomes of the next messages
    """

    sent: list[ShortMessage] = field(default_factory=list)
    answers: deque[Outcome | BaseException] = field(default_factory=deque)

    def __call__(self, message: ShortMessage) -> Outcome:
        self.sent.append(message)
        outcome = self.answers.popleft() if self.answers else Outcome("accepted", 200, cost_fen=5)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome
