"""Questions for a forecast: every mistake is named at once, with its place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.immunization.rules.asking import Unanswerable, asked_day, read_question
from tests.unit.immunization.editions import EDITION

TODAY = date(2026, 7, 1)
CHILD = {"birth_date": "2026-01-15", "sex": "2", "asked_on": "2026-06-01"}


def mistakes(body: Any) -> dict[str, str]:
    with pytest.raises(Unanswerable) as refused:
        read_question(body, EDITION, TODAY)
    return {mistake.place: mistake.message for mistake in refused.value.mistakes}


def test_a_question_is_read() -> None:
    asked = read_question(
        CHILD
        | {
            "doses": [{"vaccine": "DTaP-IPV/Hib", "date": "2026-03-15"}],
            "facts": {"mother_hbsag": "positive", "birth_weight_g": 1800, "hiv_exposed": None},
            "settings": {"je_product": "JE-I", "grace_days": 2},
        },
        EDITION,
        TODAY,
    )
    assert asked.doses == (("DTaP-IPV-Hib", date(2026, 3, 15)),)
    assert (asked.facts.mother_hbsag, asked.facts.birth_weight_g) == ("2", 1800)
    assert asked.facts.hiv_exposed is None
    assert asked.settings == {"je_product": "JE-I", "grace_days": 2}


@pytest.mark.parametrize(
    ("told", "code"),
    [("1", "1"), ("2", "2"), ("3", "3"), ("negative", "1"), ("positive", "2"), ("unknown", "3"),
     (True, "2"), (False, "1"), (None, None)],
)  # fmt: skip
def test_the_spellings_of_the_mothers_hbsag(told: Any, code: str | None) -> None:
    asked = read_question(CHILD | {"facts": {"mother_hbsag": told}}, EDITION, TODAY)
    assert asked.facts.mother_hbsag == code


def test_what_is_not_known_here_is_left_aside_and_named() -> None:
    more = {"name": "x", "facts": {"weight": 1}, "settings": {"colour": "red", "grace_days": 2}}
    asked = read_question(CHILD | more, EDITION, TODAY)
    assert asked.ignored == ("name", "facts.weight", "settings.colour")
    assert asked.settings == {"grace_days": 2}


def test_without_a_day_it_is_asked_today() -> None:
    body = {"birth_date": "2026-01-15", "sex": "1"}
    assert read_question(body, EDITION, TODAY).asked_on == TODAY
    assert asked_day(body, TODAY) == asked_day([], TODAY) == TODAY
    assert asked_day(CHILD, TODAY) == date(2026, 6, 1)


def test_every_mistake_is_named_at_once() -> None:
    found = mistakes(
        {
            "birth_date": "2026-02-30",
            "sex": "girl",
            "asked_on": 20260601,
            "doses": [{"vaccine": "XYZ", "date": "2026-03-01"}, {"vaccine": "IPV"}, "IPV"],
            "facts": {"mother_hbsag": "4", "immune_deficient": "yes"},
            "settings": {"je_product": "HepA-L", "grace_days": -1},
        }
    )
    assert set(found) == {
        "birth_date", "sex", "asked_on", "doses[0].vaccine", "doses[1].date", "doses[2]",
        "facts.mother_hbsag", "facts.immune_deficient", "settings.je_product",
        "settings.grace_days",
    }  # fmt: skip
    assert "XYZ" in found["doses[0].vaccine"]


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"doses": [{"vaccine": "IPV", "date": "2026-01-14"}]}, "doses[0].date", "before birth"),
        ({"doses": [{"vaccine": "IPV", "date": "2026-06-02"}]}, "doses[0].date", "after asked_on"),
        ({"asked_on": "2026-01-14"}, "asked_on", "before birth_date"),
        ({"birth_date": "1026-01-15"}, "birth_date", "outside of the years"),
        ({"doses": {}}, "doses", "must be a list"),
        ({"facts": []}, "facts", "must be an object"),
        ({"facts": {"mother_hbsag": 1}}, "facts.mother_hbsag", "must be '1'"),
        ({"facts": {"birth_weight_g": True}}, "facts.birth_weight_g", "no number"),
        ({"facts": {"deferred": ["IPV"]}}, "facts.deferred", "vaccine and until"),
        ({"facts": {"contraindicated": ["ABC"]}}, "facts.contraindicated[0]", "no vaccine"),
        ({"settings": {"hpv_born_after": "2011"}}, "settings.hpv_born_after", "no day"),
    ],
)
def test_a_mistake_and_its_place(change: dict[str, Any], place: str, message: str) -> None:
    assert message in mistakes(CHILD | change)[place]


def test_a_question_is_an_object() -> None:
    assert mistakes([]) == {"$": "must be an object"}
