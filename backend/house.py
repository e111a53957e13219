"""The house: everything that outlives one request, handed to whoever does the work.

It knows no Flask. The API and the commands reach it through ``app.extensions["suifang"]``, jobs
get it as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from backend.accounts.service.keys import Keys
from backend.attachments.blobs import Blobs, Folder
from backend.attachments.service import Uploads
from backend.geo.service import VillageIndex, village_index
from backend.kernel.clock import Clock
from backend.kernel.db import begin_glance, begin_read, begin_write, end_read
from backend.kernel.db_errors import meaning
from backend.kernel.holidays import Holidays, load_holidays
from backend.kernel.sealing import SealKey
from backend.kernel.vault import Vault
from backend.kernel.writer_queue import writer_queue
from backend.settings import Settings

VILLAGE_INDEX_AGE = timedelta(minutes=5)
TRIES = 3

T = TypeVar("T")


@dataclass(repr=False)
class House:
    """What an installation is made of.

    :param seal_keys: by key id; the highest id is offered to phones
    :param clock: the present instant, aware
    :param blobs: where the bytes of pictures are kept
    :param holidays: the public holidays that are known
    :param push_key_id: which key of web push is offered to browsers
    :param push_public_key: its 65-byte P-256 point
    """

    settings: Settings
    engine: Engine
    vault: Vault
    seal_keys: Mapping[str, SealKey]
    clock: Clock
    push_key_id: str
    push_public_key: bytes
    blobs: Blobs
    holidays: Holidays
    _villages: tuple[datetime, VillageIndex] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._writers = writer_queue(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and leaves nothing behind."""
        with self._sessions() as session:  # leaving it rolls back
            begin_read(session)
            yield session
            end_read(session)

    @contextmanager
    def glance(self) -> Iterator[Session]:
        """A session for a single query: the question that stands before every request."""
        with self._sessions() as session:
            begin_glance(session)
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock; committed at the end, rolled back on any error."""
        # Leaving the session rolls back what was not committed, also after a swallowed
        # IntegrityError: a transaction left open would freeze SQLite.
        with self._writers.turn(), self._sessions() as session:
            begin_write(session)
            yield session
            session.commit()

    def transact(self, work: Callable[[Session], T]) -> T:
        """Do a whole transaction, again up to three times when two transactions met.

        :param work: must do everything through the session it is given, and nothing outside
        """
        for left in reversed(range(TRIES)):
            try:
                with self.write() as session:
                    return work(session)
            except DBAPIError as error:
                if left == 0 or meaning(error) != "conflict":
                    raise
        raise AssertionError("unreachable")

    def village_index(self) -> VillageIndex:
        """Village boundaries, at most five minutes old."""
        now = self.clock()
        if self._villages is None or now - self._villages[0] > VILLAGE_INDEX_AGE:
            with self.read() as session:
                self._villages = (now, village_index(session))
        return self._villages[1]

    @property
    def account_keys(self) -> Keys:
        """The secrets that sign-in needs."""
        return Keys(self.vault, self.settings.secrets.refresh)

    @property
    def uploads(self) -> Uploads:
        """The way in for pictures."""
        return Uploads(self.read, self.write, self.blobs, self.vault, self.seal_keys, self.clock)

    def audit_signature(self, text: str) -> str:
        """What signs the audit's chain: a key that does not lie in the database."""
        return self.vault.digest("audit", text) or ""

    @property
    def seal_key(self) -> SealKey:
        """The key that phones seal to from now on."""
        return self.seal_keys[max(self.seal_keys)]


def build_house(settings: Settings, engine: Engine, clock: Clock) -> House:
    """Put the house together from its settings."""
    secrets = settings.secrets
    return House(
        settings=settings,
        engine=engine,
        vault=Vault(secrets.vault, secrets.search),
        seal_keys={key: SealKey.from_seed(key, seed) for key, seed in secrets.seal.items()},
        clock=clock,
        push_key_id=max(secrets.vapid),
        push_public_key=_public_point(secrets.vapid[max(secrets.vapid)]),
        blobs=Folder(settings.var / "attachments"),
        holidays=load_holidays(settings.schemas),
    )


def _public_point(scalar: bytes) -> bytes:
    private = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
