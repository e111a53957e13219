"""Pure decisions about submissions: have we seen it, and how do two corrections meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.submissions.model import Taken

NEW = "new"
REPLAY = "replay"
CONFLICT = "conflict"
SEQ_REUSED = "seq_reused"


def recognise(sha256: str, same_id: Taken | None, same_seq_id: str | None, own_id: str) -> str:
    """Tell a new envelope from one seen before.

    :param same_id: what was taken under this envelope id
    :param same_seq_id: id of the envelope that took this device's number
    """
    if same_id is not None:
        return REPLAY if same_id.sha256 == sha256 else CONFLICT
    if same_seq_id is not None and same_seq_id != own_id:
        return SEQ_REUSED
    return NEW


@dataclass(frozen=True)
class Merge:
    """Answers after a correction met what had changed meanwhile."""

    answers: Mapping[str, Any]
    conflicts: tuple[Mapping[str, Any], ...]


_ABSENT = object()


def merge(base: Mapping[str, Any], current: Mapping[str, Any], mine: Mapping[str, Any]) -> Merge:
    """Merge a correction field by field.

    A field that only one side changed takes that side's value. A field that both changed takes the
    newcomer's (the newest server sequence wins) and is named in ``conflicts``.

    :param base: the answers that were corrected
    :param current: the newest answers on the server
    :param mine: the answers after the correction
    """
    merged: dict[str, Any] = {}
    conflicts = []
    for path in sorted({*base, *current, *mine}):
        was, theirs, ours = (side.get(path, _ABSENT) for side in (base, current, mine))
        value = theirs if ours == was else ours
        if theirs not in (was, ours) and ours != was:
            conflicts.append(
                {"path": path, "base": _told(was), "theirs": _told(theirs), "mine": _told(ours)}
            )
        if value is not _ABSENT:
            merged[path] = value
    return Merge(merged, tuple(conflicts))


def _told(value: Any) -> Any:
    return None if value is _ABSENT else value


def changed_paths(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Fields whose answer differs between two versions."""
    return sorted(
        path for path in {*before, *after} if before.get(path, _ABSENT) != after.get(path, _ABSENT)
    )


def part_private(
    answers: Mapping[str, Any], private: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part answers into open and private ones; in rows, private members go the same way.

    Private row members are kept as ``{"rows": {"0": {...}}}`` so that :func:`join_private` restores
    them in place.
    """
    open_: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for field, value in answers.items():
        if field in private:
            hidden[field] = value
        elif isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
            rows = [part_private(row, private) for row in value]
            open_[field] = [row for row, _ in rows]
            kept = {str(n): secret for n, (_, secret) in enumerate(rows) if secret}
            if kept:
                hidden[field] = {"rows": kept}
        else:
            open_[field] = value
    return open_, hidden


def join_private(open_: Mapping[str, Any], hidden: Mapping[str, Any]) -> dict[str, Any]:
    """Undo :func:`part_private`."""
    joined = dict(open_)
    for field, value in hidden.items():
        rows = joined.get(field)
        if isinstance(rows, list) and isinstance(value, Mapping) and "rows" in value:
            joined[field] = [{**row, **value["rows"].get(str(n), {})} for n, row in enumerate(rows)]
        else:
            joined[field] = value
    return joined


def missing_seqs(seen: list[int]) -> list[int]:
    """Numbers below the highest seen that never arrived: 'records 17 to 19 of this phone'."""
    present = set(seen)
    return [n for n in range(1, max(present, default=0)) if n not in present]
