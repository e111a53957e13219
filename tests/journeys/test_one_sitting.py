"""A household visited in one sitting: its envelopes come together and are decided one after the
other, without asking the database in between, as if each had come by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from backend import tables
from backend.audit.model import Actor
from backend.intake.drafting import Draft, Means, drafts
from backend.intake.model import Sender, Sent
from backend.intake.opening import open_envelope
from backend.kernel.clock import local_date
from backend.kernel.dates import quarter
from backend.kernel.ids import new_id
from tests.builders.envelopes import Outbox
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village
from tests.journeys.test_what_waits import registration

SENDER = Sender(Actor("worker"), None)
VISITS = 7


def sitting(village: Village, random: Random, outboxes: Sequence[Outbox]) -> list[dict[str, Any]]:
    """What was written down about one household in the last days, by two doctors."""
    return [visit(village, random, random.choice(outboxes)) for _ in range(VISITS)]


def visit(village: Village, random: Random, outbox: Outbox) -> dict[str, Any]:
    on = local_date(village.clock() - timedelta(days=random.randrange(4)))
    who = ("resident", random.choice((village.patient, village.mother)))
    match random.randrange(5):
        case 0:
            met = {"visit_result": random.choice("12"), "visit_quarter": quarter(on)}
            told = answers("household_visit", on.isoformat(), **met)
            return outbox.finalise("household_visit", ("household", village.home), told)
        case 1 | 2:
            told = answers("bp_reading", on.isoformat(), scene=random.choice("12"))
            return outbox.finalise("bp_reading", who, told)
        case _:
            told = pressure(random.choice((128, 152, 184)), random.choice((78, 94)), on.isoformat())
            return outbox.finalise("htn_followup", ("resident", village.patient), told)


def drafted(village: Village, envelopes: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """What the line would decide about envelopes that come together now."""
    here = village.house
    means = Means(here.vault, here.seal_keys, here.village_index())
    group = [Sent(open_envelope(one, here.seal_keys), SENDER) for one in envelopes]
    with here.read() as session:
        return drafts(session, means, group, here.clock())


def decided(draft: Draft) -> Any:
    """A decision, with its tasks in one order: which comes first means nothing."""
    stored = draft.decision.stored
    if stored is None:
        return draft.decision
    tasks = tuple(sorted(stored.tasks, key=lambda task: task.id))
    return replace(draft.decision, stored=replace(stored, tasks=tasks))


@pytest.mark.parametrize("seed", range(4))
def test_together_the_same_is_decided_as_one_by_one(village: Village, seed: int) -> None:
    _, second = village.another_doctor()
    chance = Random(seed)  # noqa: S311 - chance that must be repeatable
    envelopes = sitting(village, chance, [village.outbox, second])
    together = drafted(village, envelopes)

    assert all(draft.is_settled for draft in together)
    assert any(draft.after for draft in together)
    for envelope, draft in zip(envelopes, together, strict=True):
        (alone,) = drafted(village, [envelope])
        assert decided(draft) == decided(alone)
        assert [one["status"] for one in village.send(envelope)] == ["stored"]


def test_a_sitting_is_stored_whole_and_each_task_once(village: Village) -> None:
    """Somebody new, whom the others cannot know of before, among visits to the household."""
    outbox, born = village.outbox, new_id()
    envelopes = [
        outbox.finalise("htn_followup", ("resident", village.patient), pressure(152, 94)),
        registration(village, born, village.home),
        outbox.finalise("bp_reading", ("resident", born), answers("bp_reading")),
        outbox.finalise("bp_reading", ("resident", village.mother), answers("bp_reading")),
        outbox.finalise("htn_followup", ("resident", village.patient), pressure(128, 78)),
    ]
    together = drafted(village, envelopes)
    assert [draft.is_settled for draft in together] == [True, False, False, False, False]

    receipts = village.send(*envelopes, envelopes[0])
    assert [one["status"] for one in receipts] == ["stored"] * 5 + ["replayed"]
    followed_up = [
        row
        for row in village.rows(tables.followups.TaskRow)
        if (row.subject_id, row.state) == (village.patient, "requested")
    ]
    assert len(followed_up) == 1
