"""The history checker: what phones were told, against what the server has in the end.

Promises 3, 4 and 10: nothing that a phone was told is received may be missing, nothing may be here
twice, nothing may be here that no phone made, and no phone may call something sent that is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from backend.audit.tables import AuditRow
from backend.house import House
from backend.submissions.tables import ReceiptRow, SubmissionVersionRow
from tests.faults.phone import Line

RECEIVED = ("stored", "replayed", "held", "quarantined", "deleted")


def check_history(house: House, device_id: str, lines: Iterable[Line], made: Iterable[str]) -> None:
    """Hold the phone's outbox and the server's rows of one device together.

    :param lines: the phone's outbox in the end
    :param made: every envelope the phone ever said to have saved
    :raises AssertionError: a promise was broken
    """
    outbox = {line.id: line for line in lines}
    with house.read() as session:
        rows = session.scalars(select(ReceiptRow).filter_by(device_id=device_id)).all()
        receipts = {row.id: row for row in rows}
        versions = list(
            session.scalars(
                select(SubmissionVersionRow.id).where(SubmissionVersionRow.id.in_(list(receipts)))
            )
        )
    assert len(rows) == len(receipts), "a record is here twice"
    lost = [one for one in made if one not in outbox and one not in receipts]
    assert lost == [], "saved, and neither on the phone nor here"
    assert [one for one in receipts if one not in outbox] == [], "nobody made these"
    for line in outbox.values():
        row = receipts.get(line.id)
        if line.state == "sent" or line.status in RECEIVED:
            assert row is not None, f"number {line.seq} is called sent and is not here"
        if row is not None:
            assert row.sha256 == line.sha256, f"number {line.seq} has other content here"
            assert row.seq in (line.seq, None)
    stored = [row.id for row in rows if row.status == "stored"]
    assert sorted(versions) == sorted(stored), "what is stored and its versions do not agree"


def audited(house: House, submission_id: str, action: str) -> int:
    """Audit rows of this action about a submission."""
    with house.read() as session:
        return len(
            session.scalars(
                select(AuditRow).filter_by(object_id=submission_id, action=action)
            ).all()
        )
