"""The whole installation in one sealed file, and back: rows, pictures, secrets.

Rows are written as they are read, from one state of the database, whichever it is: what was saved
on SQLite can be restored on PostgreSQL and the other way round.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Column, MetaData, Table, func, insert, select, text
from sqlalchemy.orm import Session

from backend.attachments.blobs import Blobs
from backend.feed import service as feed
from backend.house import House
from backend.indicators import store as figures
from backend.kernel.canonical import sha256_hex
from backend.kernel.clock import iso, parse_instant
from backend.kernel.db import is_postgresql
from backend.kernel.sealing import SealKey
from backend.keyring import named
from backend.operations.sealed_file import Damaged, Writer, read
from backend.schema_version import current

FORMAT = "suifang.backup/1"
AT_ONCE = 500

HEAD, SECRETS, TABLE, ROWS, BLOB, BYTES, END = b"H", b"S", b"T", b"R", b"A", b"B", b"E"


class NotEmpty(Exception):
    """A backup is restored into a new database, never over one that is in use."""


class OtherSchema(Exception):
    """The backup was made by another release; the text names the schema it needs."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds.

    :param schema: the migration its rows fit
    :param rows: rows by table
    :param blobs: pictures and parts of them
    """

    made_at: datetime
    schema: str
    epoch: str
    rows: Mapping[str, int]
    blobs: int


def make(house: House, metadata: MetaData, out: BinaryIO, public_key: bytes) -> Contents:
    """Write everything. Nothing waits for it: it reads one state of the database."""
    writer = Writer(out, public_key)
    rows: Counter[str] = Counter()
    now = house.clock()
    with house.read() as session:
        schema, epoch = current(session) or "", feed.epoch(session)
        head = {"format": FORMAT, "made_at": iso(now), "schema": schema, "epoch": epoch}
        writer.piece(HEAD, orjson.dumps(head))
        writer.piece(SECRETS, orjson.dumps(named(house.settings.secrets)))
        for table in metadata.sorted_tables:
            columns = [column.name for column in table.columns]
            writer.piece(TABLE, orjson.dumps({"table": table.name, "columns": columns}))
            for part in _pages(session, table):
                rows[str(table.name)] += len(part)
                writer.piece(ROWS, orjson.dumps(part, _plain, orjson.OPT_PASSTHROUGH_DATETIME))
    blobs = 0
    for found in house.blobs.listed(""):
        try:
            data = house.blobs.get(found.name)
        except FileNotFoundError:
            continue  # removed since; the rows that named it went with it
        named_ = {"name": found.name, "sha256": sha256_hex(data)}
        writer.piece(BLOB, orjson.dumps(named_))
        writer.piece(BYTES, data)
        blobs += 1
    writer.piece(END, orjson.dumps({"rows": rows, "blobs": blobs}))
    writer.close()
    return Contents(now, schema, epoch, dict(rows), blobs)


def _pages(session: Session, table: Table) -> Iterator[list[list[Any]]]:
    found = session.execute(select(table).execution_options(yield_per=AT_ONCE))
    for part in found.partitions(AT_ONCE):
        yield [list(row) for row in part]


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()  # to the microsecond
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def look(file: BinaryIO, key: SealKey) -> Contents:
    """Read a backup to its end without keeping anything of it.

    :raises Damaged: it is torn, was changed, or does not hold what it says
    """
    return _walk(file, key, Taking())


def restore(
    house: House, metadata: MetaData, file: BinaryIO, key: SealKey
) -> tuple[Contents, Mapping[str, str]]:
    """Put everything into a migrated database without a row; what it held, and its secrets.

    The rows come in one transaction, so a torn file leaves the database as it was. The epoch is
    new: phones start over, and send again what came after the backup (0003).

    :raises Damaged: see :func:`look`
    :raises NotEmpty: there are rows already
    :raises OtherSchema: the backup needs another release
    """
    with house.write() as session:
        for table in metadata.sorted_tables:
            if session.scalar(select(func.count()).select_from(table)):
                raise NotEmpty(table.name)
        if not is_postgresql(session):
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        into = Restoring(session, metadata, house.blobs)
        contents = _walk(file, key, into)
        feed.restored(session)
        feed.renew_epoch(session)
        figures.forget_place(session)
        if is_postgresql(session):
            _count_on(session, metadata)
    return contents, into.secrets


_GO_ON = text("SELECT setval(CAST(:sequence AS regclass), :highest)")


def _count_on(session: Session, metadata: MetaData) -> None:
    """Numbers that the database gives go on after the restored ones."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = session.scalar(select(func.max(column)))
        sequence = session.scalar(func.pg_get_serial_sequence(table.name, column.name))
        if highest is not None and sequence is not None:
            session.execute(_GO_ON, {"sequence": sequence, "highest": highest})


class Taking:
    """Takes the pieces of a backup in their order and counts them; keeps nothing."""

    def __init__(self) -> None:
        self.secrets: Mapping[str, str] = {}
        self._head: dict[str, Any] = {}
        self._table: dict[str, Any] = {}
        self._blob: dict[str, str] = {}
        self._told: dict[str, Any] | None = None
        self._rows: Counter[str] = Counter()
        self._blobs = 0

    def take(self, kind: bytes, data: bytes) -> None:
        """The next piece.

        :raises Damaged: it does not hold what it says
        """
        if kind == BYTES:
            self._keep_blob(data)
            return
        value = orjson.loads(data)
        if kind == HEAD:
            self._begin(value)
        elif kind == SECRETS:
            self.secrets = value
        elif kind == TABLE:
            self._table = value
        elif kind == ROWS:
            self._rows[self._table["table"]] += len(value)
            self.keep_rows(self._table["table"], self._table["columns"], value)
        elif kind == BLOB:
            self._blob = value
        elif kind == END:
            self._told = value

    def contents(self) -> Contents:
        """What it held.

        :raises Damaged: less, or something else, than it says at its end
        """
        if self._told != {"rows": dict(self._rows), "blobs": self._blobs}:
            raise Damaged("less than was written")
        head = self._head
        return Contents(
            parse_instant(head["made_at"]), head["schema"], head["epoch"],
            dict(self._rows), self._blobs,
        )  # fmt: skip

    def _begin(self, head: dict[str, Any]) -> None:
        if head["format"] != FORMAT:
            raise Damaged("another format")
        self._head = head
        self.judge_schema(head["schema"])

    def _keep_blob(self, data: bytes) -> None:
        if sha256_hex(data) != self._blob["sha256"]:
            raise Damaged("a picture that was changed")
        self._blobs += 1
        self.keep_blob(self._blob["name"], data)

    def judge_schema(self, schema: str) -> None: ...

    def keep_rows(self, table: str, columns: list[str], rows: list[list[Any]]) -> None: ...

    def keep_blob(self, name: str, data: bytes) -> None: ...


class Restoring(Taking):
    """Puts them into the database and the store of pictures."""

    def __init__(self, session: Session, metadata: MetaData, blobs: Blobs) -> None:
        super().__init__()
        self._session, self._metadata, self._store = session, metadata, blobs

    def judge_schema(self, schema: str) -> None:
        if schema != current(self._session):
            raise OtherSchema(schema)

    def keep_rows(self, table: str, columns: list[str], rows: list[list[Any]]) -> None:
        target = self._metadata.tables[table]
        readers = [_reader(target.columns[name]) for name in columns]
        self._session.execute(
            insert(target),
            [
                {
                    name: None if value is None else read_(value)
                    for name, read_, value in zip(columns, readers, row, strict=True)
                }
                for row in rows
            ],
        )

    def keep_blob(self, name: str, data: bytes) -> None:
        self._store.put(name, data)


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    kind = getattr(column.type, "impl_instance", column.type).python_type
    if issubclass(kind, bytes):
        return base64.b64decode
    if issubclass(kind, datetime):
        return parse_instant
    if issubclass(kind, date):
        return date.fromisoformat
    return lambda value: value


def _walk(file: BinaryIO, key: SealKey, into: Taking) -> Contents:
    for kind, data in read(file, key):
        into.take(kind, data)
    return into.contents()
