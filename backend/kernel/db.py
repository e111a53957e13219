"""The declarative base, the portable column types and the two kinds of transaction.

Stores take a plain :class:`sqlalchemy.orm.Session`; Flask is unknown here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from time import monotonic
from typing import Annotated, Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    event,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from backend.kernel.among import among

Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
IdType = String(36).with_variant(postgresql.UUID(as_uuid=False), "postgresql")
RESTED_S = 5.0
"""Seconds after which an unused connection is looked at before it is used again."""

BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Only aware datetimes go in; UTC comes out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class SubjectIdType(TypeDecorator[str]):
    """Id of a subject: a UUID, or the 12-digit code of an area.

    PostgreSQL keeps 16 bytes for either: a code takes the last twelve digits of a UUID of zeros,
    which no phone and no server ever makes.
    """

    impl = IdType
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _AREA + value if value is not None and len(value) == _CODE_DIGITS else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value[len(_AREA) :] if value is not None and value.startswith(_AREA) else value


_AREA = "00000000-0000-0000-0000-"
_CODE_DIGITS = 12


class Base(DeclarativeBase):
    """The one declarative base of the house."""

    # A registry of its own, because Flask-SQLAlchemy copies the class and its type map with it.
    registry = registry(
        metadata=_METADATA,
        type_annotation_map={
            str: Text(),
            datetime: UtcDateTime(),
            date: Date(),
            bytes: LargeBinary(),
            dict[str, Any]: Json,
            list[Any]: Json,
        },
    )


Id = Annotated[str, mapped_column(IdType)]
"""A UUID, as lower-case text with hyphens in Python; PostgreSQL keeps its 16 bytes."""

SubjectId = Annotated[str, mapped_column(SubjectIdType)]
"""Whom or what a submission or task is about: a UUID, or an area's code."""

AreaCode = Annotated[str, mapped_column(String(12))]
"""A 12-digit administrative code: county codes are padded with zeros."""

Code = Annotated[str, mapped_column(String(40))]
"""A short code from a closed list."""

Sha256 = Annotated[str, mapped_column(String(64))]
"""A SHA-256 digest as 64 lower-case hexadecimal characters."""


def prepare_engine(engine: Engine) -> Engine:
    """Give a database the promises of this house.

    PostgreSQL: a connection that has rested is looked at before it is used, so that a restarted
    server costs no request; one that has just been used is not.

    SQLite: WAL with ``synchronous=FULL`` so that a commit is on disk before it is answered;
    transactions are begun by us because the driver begins them too late: a write transaction takes
    the write lock at once (``BEGIN IMMEDIATE``), or two readers that both turn into writers would
    deadlock.
    """
    if engine.dialect.name != "sqlite":
        _look_at_rested(engine)
        _read_ids_as_text(engine)
        return engine

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=20000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("glance", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _read_ids_as_text(engine: Engine) -> None:
    """Ids are text in Python: the driver need not make objects that are turned into text again."""
    from psycopg.types.string import TextLoader  # noqa: PLC0415 - nobody else needs the driver

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.adapters.register_loader("uuid", TextLoader)


def _look_at_rested(engine: Engine) -> None:
    @event.listens_for(engine, "checkin")
    def _on_checkin(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
        rests_since = record.info.get("rests_since")
        if rests_since is None or monotonic() - rests_since < RESTED_S:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except Exception as error:  # whatever the driver raises, the connection is of no use
            raise DisconnectionError from error
        if not alive:
            raise DisconnectionError


def begin_read(session: Session) -> None:
    """Begin the session's transaction as one that sees one state of the database throughout.

    Must be the first thing done with the session. SQLite does so by itself; PostgreSQL also takes
    no writes then, because :func:`end_read` commits.
    """
    if is_postgresql(session):
        session.connection(
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )


def end_read(session: Session) -> None:
    """End what :func:`begin_read` began.

    By a commit on PostgreSQL: after a rollback the driver throws away every prepared statement of
    the connection, and each query would be parsed and planned anew.
    """
    if is_postgresql(session):
        session.commit()


def begin_glance(session: Session) -> None:
    """Begin the session for a single query, without a transaction around it.

    Must be the first thing done with the session.
    """
    if is_postgresql(session):
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    else:
        session.connection(execution_options={"glance": True})


def begin_write(session: Session) -> None:
    """Begin the session's transaction as one that will write.

    Must be the first thing done with the session after a commit or rollback.
    """
    session.connection(execution_options={"writes": True})


@contextmanager
def sent_together(session: Session) -> Iterator[None]:
    """Statements in here give nothing back: on PostgreSQL they travel in one go, and their errors
    come at the end. Nothing may be asked of the database in between.

    :raises DBAPIError: one of them failed; the transaction is of no use then
    """
    if not is_postgresql(session):
        yield
        return
    connection = session.connection()
    driver, dialect = connection.connection.driver_connection, connection.dialect
    errors = dialect.loaded_dbapi.Error
    try:
        with cast(Any, driver).pipeline():
            yield
    except errors as error:
        lost = dialect.is_disconnect(error, None, None)
        raise DBAPIError.instance(
            None, None, error, errors, connection_invalidated=lost, dialect=dialect
        ) from error


def table_of(row: type[Base]) -> Table:
    """The table behind a class, for statements that need no objects."""
    return cast(Table, row.__table__)


def by_id(
    row: type[Base], column: str = "id", order: Sequence[str] = ()
) -> Select[tuple[Any, ...]]:
    """All columns of the rows whose ``column`` is among ``:ids``, ordered by columns.

    Built once and kept: where a statement runs for every envelope, building it anew costs more than
    running it.
    """
    table = table_of(row)
    found = select(table).where(among(table.c[column], "ids"))
    return found.order_by(*(table.c[name] for name in order))


def rows_by_id(
    session: Session, statement: Select[tuple[Any, ...]], ids: Iterable[str]
) -> Sequence[Row[Any]]:
    """The rows that a statement of :func:`by_id` gives; without ids nobody is asked."""
    wanted = list(set(ids))
    return session.execute(statement, {"ids": wanted}).all() if wanted else ()


def is_postgresql(session: Session) -> bool:
    """True when the session talks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"
