"""'Why is this due?' has an answer that can be read."""

from __future__ import annotations

from datetime import date

from backend.followups.rules import explain, fold, no_policies
from tests.builders.followups import not_met, subject, submission_id, visit
from tests.contract.shared_cases import all_programmes


def test_an_urgent_referral_is_told_with_its_reasons() -> None:
    service = all_programmes().services["hypertension"]
    records = [visit(1, date(2026, 5, 6), 182, 100, fu_class="4"), not_met(2, date(2026, 5, 8))]
    today = date(2026, 5, 25)
    told = list(explain(fold(service, subject(), records, no_policies, today), today))

    assert told[0] == f"record {submission_id(1)} htn_followup: completed"
    assert "  class 2 控制不满意, the doctor says 4" in told
    assert "  referral urgent, escalation E3" in told
    assert f"record {submission_id(2)} htn_followup: not completed" in told
    assert any(line.startswith("task ") and line.endswith(": overdue") for line in told)
    assert "  opens 2026-05-07, due 2026-05-13, closes 2026-05-20" in told
    assert not [line for line in told if "DEFECT" in line]
