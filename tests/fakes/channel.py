"""A rung of the ladder that keeps what it is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from backend.reminders.model import Handling, Outcome, PushMessage, Subscription


@dataclass
class FakeChannel:
    """Accepts everything, unless told otherwise.

    :param answers: endpoint -> outcomes of its next messages
    :param before: done in the moment of sending, as when somebody unsubscribes right then
    """

    sent: list[tuple[str, PushMessage, Handling]] = field(default_factory=list)
    answers: dict[str, deque[Outcome | BaseException]] = field(default_factory=dict)
    before: Callable[[], None] | None = None

    def __call__(self, to: Subscription, message: PushMessage, handling: Handling) -> Outcome:
        if self.before is not None:
            self.before()
        self.sent.append((to.endpoint, message, handling))
        scripted = self.answers.get(to.endpoint)
        outcome = scripted.popleft() if scripted else Outcome("accepted", 201)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def will(self, endpoint: str, *outcomes: Outcome | BaseException) -> None:
        """Say what the next messages to an address get."""
        self.answers.setdefault(endpoint, deque()).extend(outcomes)

    @property
    def told(self) -> list[str]:
        """Endpoints that were sent to, in order."""
        return [endpoint for endpoint, _message, _handling in self.sent]
