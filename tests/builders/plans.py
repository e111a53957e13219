"""How a database means to answer: the plans of what a piece of work asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


def plans_of(session: Session, work: Callable[[], Any]) -> list[str]:
    """The plan of each statement that reading ``work`` sends, one step a line."""
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:  # a table of a test is small enough to be read whole and sorted
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN (COSTS OFF)"
    found = []
    for statement, parameters in asked:
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
        found.append("\n".join(str(row[3] if sqlite else row[0]) for row in rows))
    return found
