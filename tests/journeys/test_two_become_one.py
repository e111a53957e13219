"""What is due follows when two records become one person, and comes back when they part."""

from __future__ import annotations

from sqlalchemy import select

from backend import tables
from backend.kernel.ids import new_id
from backend.merging import service as merging
from tests.builders.areas import TOWNSHIP
from tests.builders.visits import pressure
from tests.journeys.conftest import Village
from tests.journeys.test_what_waits import registration

REVIEWER = new_id()


def due(village: Village) -> set[tuple[str, str, str]]:
    """(whose, service, due) of every open task."""
    return {
        (row.subject_id, row.service, row.due.isoformat())
        for row in village.rows(tables.followups.TaskRow)
        if row.state == "requested"
    }


def pair_id(village: Village) -> str:
    with village.house.read() as session:
        row = tables.dedup.DuplicateCandidateRow
        return session.scalars(select(row.id)).one()


def decide(village: Village, what: str, survivor: str = "") -> None:
    here, pair = village.house, pair_id(village)
    with here.write() as session:
        if what == "merge":
            merging.merge(session, here.vault, [TOWNSHIP], pair, survivor, REVIEWER, here.clock())
        else:
            merging.undo(session, here.vault, [TOWNSHIP], pair, REVIEWER, here.clock())


def visit(village: Village, resident: str, systolic: int) -> str:
    told = pressure(systolic, 84)
    return village.send(village.outbox.finalise("htn_followup", ("resident", resident), told))[0][
        "id"
    ]


def test_the_survivor_is_due_as_if_every_visit_had_been_theirs(village: Village) -> None:
    kept, doubled = new_id(), new_id()
    village.send(registration(village, kept, village.home))
    village.send(registration(village, doubled, village.home, id_no=None, id_type="99"))
    visit(village, doubled, 164)
    before = due(village)
    assert {whose for whose, _, _ in before} == {doubled}

    decide(village, "merge", kept)
    merged = due(village)
    assert {(service, on) for _, service, on in merged} == {(s, on) for _, s, on in before}
    assert {whose for whose, _, _ in merged} == {kept}
    visit(village, doubled, 128)  # the phone has not heard yet: it counts as the survivor's
    assert {whose for whose, _, _ in due(village)} == {kept}

    decide(village, "undo")
    assert due(village) >= before
    assert len({(service, on) for _, service, on in merged}) == len(merged)


def test_a_merge_by_the_machine_is_undone_as_one_by_a_person(village: Village) -> None:
    known, again = new_id(), new_id()
    village.send(registration(village, known, village.home))
    village.send(registration(village, again, village.home))
    theirs, ours = visit(village, again, 132), visit(village, known, 134)
    holders = {row.id: row.subject_id for row in village.rows(tables.submissions.SubmissionRow)}
    assert (holders[theirs], holders[ours]) == (known, known)

    decide(village, "undo")
    holders = {row.id: row.subject_id for row in village.rows(tables.submissions.SubmissionRow)}
    assert (holders[theirs], holders[ours]) == (again, known)
    residents = {row.id: row.merged_into for row in village.rows(tables.residents.ResidentRow)}
    assert residents[again] is None
    assert {whose for whose, _, _ in due(village)} == {known, again}
