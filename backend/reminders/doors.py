"""What reminders need of the house."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from backend.kernel.clock import Clock
from backend.kernel.holidays import Holidays
from backend.kernel.vault import Vault

T = TypeVar("T")


class Doors(Protocol):
    """The part of the house that is needed here."""

    @property
    def vault(self) -> Vault: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def holidays(self) -> Holidays: ...

    def read(self) -> AbstractContextManager[Session]: ...

    def transact(self, work: Callable[[Session], T]) -> T: ...
