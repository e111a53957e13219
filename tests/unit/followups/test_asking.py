"""Questions from outside: the vectors of followup-rules §1.4, and what is wrong with a question."""

from __future__ import annotations

from typing import Any

import pytest

from backend.followups.rules.answering import answer, folded
from backend.followups.rules.asking import BadQuestion, read_question
from tests.contract.shared_cases import all_programmes, forms

BORN = {58: "1967-06-15", 65: "1961-02-01"}


def ask(**question: Any) -> dict[str, Any]:
    asked = read_question({"form": "htn_followup", **question}, forms())
    return answer(asked, folded(asked, all_programmes()))


def visit(day: str, sbp: int, dbp: int, **more: Any) -> dict[str, Any]:
    return {"visit_date": day, "sbp": sbp, "dbp": dbp, **more}


def before(*visits: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"form": "htn_followup", "answers": one} for one in visits]


UNCONTROLLED = visit("2026-04-22", 150, 95)
CONTROLLED = visit("2026-03-01", 130, 80)
COUGH = {"adverse_reaction": "2", "adverse_reaction_note": "咳嗽"}


@pytest.mark.parametrize(
    ("history", "now", "age", "expected"),
    [
        ([], visit("2026-02-10", 132, 84), 58, ("1", "H7", "none", "2026-05-10", "2026-06-10")),
        ([], visit("2026-05-06", 140, 84), 58, ("2", "H5", "none", "2026-05-16", "2026-05-20")),
        ([], visit("2026-05-06", 148, 88), 65, ("1", "H7", "none", "2026-08-06", "2026-09-03")),
        (
            [UNCONTROLLED],
            visit("2026-05-06", 150, 92),
            58,
            ("2", "H3", "routine", "2026-05-13", "2026-05-20"),
        ),
        (
            [UNCONTROLLED],
            visit("2026-05-06", 136, 86),
            58,
            ("1", "H7", "none", "2026-08-06", "2026-09-03"),
        ),
        (
            [CONTROLLED],
            visit("2026-05-06", 182, 100),
            58,
            ("2", "H1", "urgent", "2026-05-13", "2026-05-20"),
        ),
        (
            [CONTROLLED],
            visit("2026-05-06", 138, 110),
            58,
            ("2", "H1", "urgent", "2026-05-13", "2026-05-20"),
        ),
        (
            [CONTROLLED],
            visit("2026-05-06", 128, 78, **COUGH),
            58,
            ("3", "H6", "none", "2026-05-16", "2026-05-20"),
        ),
    ],
)
def test_the_vectors_of_hypertension(
    history: list[dict[str, Any]], now: dict[str, Any], age: int, expected: tuple[str, ...]
) -> None:
    told = ask(answers=now, history=before(*history), resident={"birth_date": BORN[age]})
    (task,) = told["tasks"]
    assert (told["class"], told["rule"], told["referral"], task["due"], task["closes"]) == expected
    assert told["escalation"] == ("E3" if told["rule"] == "H1" else "E0")


@pytest.mark.parametrize(
    ("day", "window"),
    [
        ("2026-01-02", ("2026-03-03", "2026-04-02", "2026-05-02")),
        ("2026-03-31", ("2026-05-30", "2026-06-30", "2026-06-30")),
    ],
)
def test_the_windows_of_the_quarterly_cadence(day: str, window: tuple[str, ...]) -> None:
    (task,) = ask(answers=visit(day, 128, 78), resident={"birth_date": BORN[58]})["tasks"]
    assert (task["opens"], task["due"], task["closes"]) == window


def test_what_is_not_known_here_is_left_aside_and_named() -> None:
    plain: dict[str, Any] = {
        "answers": visit("2026-05-06", 150, 92),
        "history": before(UNCONTROLLED),
        "resident": {"birth_date": BORN[58]},
    }
    more = {
        "id": "case 7",
        "answers": plain["answers"] | {"sugar": 7},
        "history": [{**plain["history"][0], "doctor": "x"}],
        "resident": plain["resident"] | {"name": "x"},
    }
    asked = read_question({"form": "htn_followup", **more}, forms())
    places = ("id", "resident.name", "history[0].doctor", "answers.sugar")
    assert asked.ignored == places
    assert ask(**more) == ask(**plain)
    assert "sugar" not in asked.record.answers


def test_an_areas_policy_counts() -> None:
    told = ask(
        answers=visit("2026-04-02", 128, 78),
        resident={"birth_date": BORN[58]},
        policy={"follow_ups_per_year": 12},
    )
    assert [task["closes"] for task in told["tasks"]] == ["2026-05-12"]


def test_a_delivery_notice_is_answered_for_mother_and_child() -> None:
    told = ask(
        form="delivery_notice",
        resident={"birth_date": "1996-08-20", "sex": "2"},
        answers={
            "visit_date": "2026-03-05",
            "delivery_date": "2026-03-01",
            "delivery_place": "1",
            "delivery_mode": "1",
            "discharge_date": "2026-03-05",
            "mother_risks": ["0"],
            "newborns": [{"sex": "1", "birth_weight": 3.2, "risks": ["0"]}],
        },
    )
    closes = {task["service"]: task["closes"] for task in told["tasks"]}
    assert closes["postpartum"] == closes["newborn"] == "2026-03-12"
    assert closes["newborn_full_month"] == "2026-03-31"
    assert closes["postpartum_42d"] == "2026-04-26"


def test_a_day_later_than_all_windows_tells_what_is_overdue() -> None:
    born = {"birth_date": BORN[58]}
    told = ask(answers=visit("2026-02-10", 132, 84), resident=born, today="2026-06-11")
    assert [task["state"] for task in told["tasks"]] == ["overdue"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ([], "the question: must be an object"),
        ({"form": "nobody", "answers": {}}, "form: there is no form 'nobody'"),
        ({"answers": {}}, "form: is missing"),
        ({"form": "htn_followup"}, "answers: must be an object"),
        ({"form": "htn_followup", "answers": {}}, "answers.visit_date: is missing"),
        (
            {"form": "htn_followup", "answers": {"visit_date": "6.5.2026"}},
            "answers.visit_date: is no day",
        ),
        (
            {"form": "htn_followup", "answers": visit("2026-05-06", 150, 92, visit_mode=2)},
            "answers.visit_mode: type",
        ),
        (
            {"form": "htn_followup", "answers": visit("2026-05-06", 150, 92, visit_mode="77")},
            "answers.visit_mode: enum",
        ),
        (
            {
                "form": "htn_followup",
                "answers": visit("2026-05-06", 150, 92),
                "history": [{"form": "htn_followup", "answers": {}}],
            },
            "history[0].answers.visit_date: is missing",
        ),
        (
            {
                "form": "htn_followup",
                "answers": visit("2026-05-06", 150, 92),
                "resident": {"birth_date": "1967"},
            },
            "resident.birth_date: is no day",
        ),
        (
            {
                "form": "htn_followup",
                "answers": visit("2026-05-06", 150, 92),
                "policy": {"visits": 3},
            },
            "policy.visits: there is no such parameter",
        ),
        (
            {
                "form": "htn_followup",
                "answers": visit("2026-05-06", 150, 92),
                "policy": {"follow_ups_per_year": "12"},
            },
            "policy.follow_ups_per_year: must be like 4",
        ),
    ],
)
def test_what_is_wrong_is_named(question: Any, message: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        folded(read_question(question, forms()), all_programmes())
    assert message in str(caught.value)
