"""What a database error means for the one who waits: try again, come back later, or no room.

Told apart by SQLSTATE on PostgreSQL and by the error's name on SQLite, never by its sentence.
"""

from __future__ import annotations

from errno import EMFILE, ENFILE
from typing import Literal

from sqlalchemy.exc import DBAPIError

Meaning = Literal["conflict", "busy", "full", "failing", "gone", "defect"]
"""conflict: two transactions met, the whole of it may be tried again; busy: locked too long, or no
memory;
full: no room; failing: there is room, and the disk does not keep what is written, or takes nothing;
gone: no connection; defect: ours."""

_SQLITE = {
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "failing",
    "SQLITE_IOERR_NOMEM": "busy",
    "SQLITE_IOERR": "failing",
    "SQLITE_CANTOPEN": "gone",
}


def meaning(error: DBAPIError) -> Meaning:
    """Say what the error means."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _postgresql(state)
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        for start, answer in _SQLITE.items():
            if name == start or name.startswith(start + "_"):
                return answer  # type: ignore[return-value]
        return "defect"
    # psycopg gives no SQLSTATE when the connection itself failed.
    lost = error.connection_invalidated or type(error.orig).__name__ == "OperationalError"
    return "gone" if lost else "defect"


def is_away(error: Exception) -> bool:
    """True when the database is the trouble and not what was asked of it."""
    if isinstance(error, DBAPIError):
        return meaning(error) != "defect"
    return is_out_of_files(error)


def is_out_of_files(error: Exception) -> bool:
    """True when neither the database nor the lock beside it could be opened for want of files."""
    return isinstance(error, OSError) and error.errno in (EMFILE, ENFILE)


def _postgresql(state: str) -> Meaning:
    if state in ("40001", "40P01"):
        return "conflict"
    if state in ("55P03", "57014", "53300"):  # lock timeout, cancelled, too many connections
        return "busy"
    if state == "53100":  # disk full
        return "full"
    if state in ("25006", "58030"):  # read-only, input or output error
        return "failing"
    if state[:2] == "08" or state[:3] == "57P":
        return "gone"
    return "defect"
