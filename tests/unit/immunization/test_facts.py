"""What records tell of a child beside its doses."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.immunization.model import NO_FACTS, Told
from backend.immunization.rules import facts_of, forecast
from backend.kernel.ids import newborn_id
from tests.unit.immunization.editions import EDITION

NOTICE = "0197aaaa-0000-7000-8000-0000000000f1"
TWIN = newborn_id(NOTICE, 1)
BORN = date(2026, 3, 1)


def record(form: str, subject: str, on: date, number: int = 1, **answers: Any) -> Told:
    return Told(form, f"0197aaaa-0000-7000-8000-00000000000{number}", subject, on, answers)


NEWBORNS = [{"birth_weight": 2.4}, {"birth_weight": 1.8}]
ANSWERS = {"mother_hbsag": "2", "gest_weeks": 34, "newborns": NEWBORNS}
THE_NOTICE = Told("delivery_notice", NOTICE, "mother", BORN, ANSWERS)


def test_a_twin_is_known_by_its_row_and_by_what_the_notice_says_of_the_mother() -> None:
    facts = facts_of(EDITION, [THE_NOTICE], TWIN)
    assert (facts.mother_hbsag, facts.gestation_weeks, facts.birth_weight_g) == ("2", 34, 1800)
    assert facts_of(EDITION, [THE_NOTICE], "another child") == NO_FACTS


def test_the_small_twin_of_an_infected_mother_is_planned_for_a_dose_that_does_not_count() -> None:
    facts = facts_of(EDITION, [THE_NOTICE], TWIN)
    plan = {d.dose_id: d.due for d in forecast(EDITION, BORN, "1", [], BORN, facts=facts)}
    assert plan["HepB-0"] == BORN
    assert plan["HepB-3"] == date(2026, 10, 1)


def test_of_two_answers_the_later_visit_counts_in_whatever_order_they_come() -> None:
    visit = record("newborn_visit", TWIN, date(2026, 3, 5), mother_hbsag="1", birth_weight=1.95)
    for records in ([visit, THE_NOTICE], [THE_NOTICE, visit]):
        facts = facts_of(EDITION, records, TWIN)
        assert (facts.mother_hbsag, facts.birth_weight_g) == ("1", 1950)


def test_only_a_dose_put_off_is_put_off_and_only_one_contraindicated_is_never_given() -> None:
    day = date(2026, 5, 1)
    until = "2026-05-08"
    off = record("vaccination", TWIN, day, 1, vacc_result="2", vaccine_code="IPV",
                 defer_until=until, contraindication=["1"])  # fmt: skip
    never = record("vaccination", TWIN, day, 2, vacc_result="3", vaccine_code="DTaP",
                   contraindication=["3"])  # fmt: skip
    given = record("vaccination", TWIN, day, 3, vacc_result="1", vaccine_code="HepB",
                   contraindication=["4"])  # fmt: skip
    facts = facts_of(EDITION, [off, never, given], TWIN)
    assert facts.deferred == (("IPV", date(2026, 5, 8)),)
    assert facts.contraindicated == {"DTaP"}
    assert facts.immune_deficient is True


def test_a_day_that_does_not_exist_is_not_used() -> None:
    wrong = record("vaccination", TWIN, BORN, vacc_result="2", vaccine_code="IPV",
                   defer_until="2026-02-30")  # fmt: skip
    assert facts_of(EDITION, [wrong], TWIN) == NO_FACTS
