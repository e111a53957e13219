"""What every forecast must keep to, and the corners that the shared cases leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from backend.forms.model import FieldTypes
from backend.immunization.model import (
    DONE,
    DUE,
    OVERDUE,
    TOO_LATE,
    UPCOMING,
    ForecastDose,
)
from backend.immunization.rules import check_edition, edition_in_force, forecast, validity_of
from backend.immunization.rules.asking import read_question
from backend.immunization.rules.reading import after
from tests.builders.forms import changed
from tests.builders.histories import history
from tests.unit.immunization.editions import BODY, EDITION

BORN = date(2022, 5, 20)
OPEN = (DUE, OVERDUE, UPCOMING)
PLACES = {  # of several tables of a series the last is everybody's
    place.dose_id: place for series in EDITION.series for place in series.places
}
LIVE = {code for code, vaccine in EDITION.vaccines.items() if vaccine.live_injectable}

histories = st.lists(
    st.tuples(
        st.sampled_from(sorted(EDITION.vaccines)),
        st.integers(0, 2900).map(lambda days: BORN + timedelta(days=days)),
    ),
    max_size=14,
)
asked_days = st.integers(0, 3000).map(lambda days: BORN + timedelta(days=days))
quick = settings(deadline=None, max_examples=80)


def plan(doses: list[tuple[str, date]], asked: date, sex: str = "2") -> dict[str, ForecastDose]:
    given_by_then = [dose for dose in doses if dose[1] <= asked]
    return {d.dose_id: d for d in forecast(EDITION, BORN, sex, given_by_then, asked)}


@given(histories, asked_days)
@quick
def test_no_dose_before_its_age_or_its_interval(doses: list[tuple[str, date]], asked: date) -> None:
    found = plan(doses, asked)
    for dose in found.values():
        place = PLACES[dose.dose_id]
        if dose.due is None or place.catch_up_min_age is not None or dose.series == "DT":
            continue
        assert dose.due >= after(BORN, place.min_age)
        before = next(
            (d for d in found.values() if (d.series, d.no) == (dose.series, dose.no - 1)), None
        )
        last = before and (before.given_on or before.due)
        if last is not None and place.min_interval is not None:
            assert dose.due >= after(last, place.min_interval)


@given(histories, asked_days)
@quick
def test_live_injectables_never_lie_1_to_27_days_apart(
    doses: list[tuple[str, date]], asked: date
) -> None:
    live_given = {on for vaccine, on in doses if vaccine in LIVE and on <= asked}
    found = plan(doses, asked).values()
    coming = {d.due for d in found if d.vaccine in LIVE and d.status == UPCOMING and d.due}
    for day in coming:
        apart = [abs((day - other).days) for other in (coming | live_given) - {day}]
        assert all(days >= 28 for days in apart)


@given(histories, asked_days, st.randoms())
@quick
def test_the_order_of_the_records_does_not_matter(
    doses: list[tuple[str, date]], asked: date, random: object
) -> None:
    shuffled = list(doses)
    random.shuffle(shuffled)
    assert plan(shuffled, asked) == plan(doses, asked)


@given(histories, asked_days, st.sampled_from(sorted(EDITION.vaccines)))
@quick
def test_one_more_dose_never_moves_another_series_earlier(
    doses: list[tuple[str, date]], asked: date, vaccine: str
) -> None:
    components = set(EDITION.vaccines[vaccine].components)
    known, more = plan(doses, asked), plan([*doses, (vaccine, asked)], asked)
    for dose_id, dose in known.items():
        other = more.get(dose_id)
        untouched = dose.series not in components and dose.vaccine not in LIVE
        if untouched and dose.due is not None and other is not None and other.due is not None:
            assert other.due >= dose.due


@given(histories, asked_days)
@quick
def test_what_is_given_is_done_and_never_asked_for_again(
    doses: list[tuple[str, date]], asked: date
) -> None:
    for dose in plan(doses, asked).values():
        assert (dose.given_on is not None) == (dose.status == DONE)
        assert (dose.due is not None) == (dose.status in OPEN)
        if dose.status in OPEN:
            assert dose.earliest is not None and dose.earliest <= dose.due  # type: ignore[operator]


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=150)
def test_whatever_is_known_of_a_child_the_plan_keeps_to_itself(seed: int) -> None:
    """Given is done, open has a day from its earliest on, gone has none; and no live vaccine to
    come lies near another, nor before the day that was named for everything.
    """
    one = history(Random(seed), EDITION)  # noqa: S311
    doses = [{"vaccine": dose["vaccine"], "date": dose["on"]} for dose in one["given"]]
    body = {name: one[name] for name in ("birth_date", "sex", "settings", "facts")}
    asked = read_question(body | {"asked_on": one["on"], "doses": doses}, EDITION, date.max)
    plan = forecast(
        EDITION, asked.birth_date, asked.sex, asked.doses, asked.asked_on,
        settings=asked.settings, facts=asked.facts,
    )  # fmt: skip
    assert len({dose.dose_id for dose in plan}) == len(plan)
    for dose in plan:
        assert (dose.given_on is not None) == (dose.status == DONE)
        assert (dose.due is not None) == (dose.status in OPEN)
        if dose.due is not None and dose.earliest is not None:
            assert dose.earliest <= dose.due
            assert (dose.due > asked.asked_on) == (dose.status == UPCOMING)
            assert dose.due >= (asked.facts.defer_until or dose.due)
            assert dose.vaccine not in asked.facts.contraindicated
    coming = {d.due for d in plan if d.vaccine in LIVE and d.status == UPCOMING and d.due}
    live_given = {on for vaccine, on in asked.doses if vaccine in LIVE}
    for day in coming:
        apart = [abs((day - other).days) for other in (coming | live_given) - {day}]
        assert all(days >= 28 for days in apart)


def test_mpsv_ac_at_three_years_always_keeps_a_year_from_an_in_time_mpsv_a() -> None:
    for days in range(0, 366 // 2, 7):
        second = after(BORN, PLACES["MPSV-A-2"].min_age) + timedelta(days=days)
        doses = [("MPSV-A", after(BORN, PLACES["MPSV-A-1"].min_age)), ("MPSV-A", second)]
        assert plan(doses, second)["MPSV-AC-1"].due == after(BORN, PLACES["MPSV-AC-1"].min_age)


def test_a_dose_after_its_upper_age_takes_a_later_place() -> None:
    """MPSV-AC at 26 months is the first MPSV-AC, not a late MPSV-A (catch-up rule 8)."""
    given_on = date(2024, 7, 20)
    found = plan([("MPSV-AC", given_on)], date(2024, 8, 1))
    assert found["MPSV-A-1"].status == TOO_LATE
    assert found["MPSV-AC-1"].given_on == given_on
    assert found["MPSV-AC-2"].due == date(2028, 5, 20)


def test_a_dose_that_could_only_come_after_its_upper_age_is_too_late_already() -> None:
    first = date(2024, 4, 1)  # at 22 months; three months later the child is older than 24 months
    found = plan([("MPSV-A", first)], date(2024, 4, 2))
    assert found["MPSV-A-2"].status == TOO_LATE
    assert found["MPSV-AC-1"].due == date(2024, 7, 1)


def test_live_doses_to_come_are_planned_for_one_day() -> None:
    doses = [("MMR", date(2023, 1, 20)), ("JE-L", date(2023, 5, 30))]
    asked = date(2023, 6, 30)
    found = plan(doses, asked)
    assert found["MMR-2"].due == found["HepA-L-1"].due == date(2023, 11, 20)
    late = [("MMR", date(2023, 1, 20)), ("JE-L", date(2022, 11, 30)), ("HepA-L", date(2024, 1, 5))]
    together = plan([("JE-L", date(2023, 5, 30)), ("MMR", date(2024, 4, 12))], date(2024, 4, 13))
    assert together["JE-L-2"].due == date(2024, 5, 30)
    assert together["MMR-2"].due == together["HepA-L-1"].due == date(2024, 5, 30)
    assert together["MMR-2"].note == "same_day_or_28d"
    assert plan(late, date(2024, 1, 6))["MMR-2"].due == date(2024, 2, 2)


def test_an_inactivated_vaccine_may_come_any_day() -> None:
    found = plan([("MMR", date(2023, 1, 20))], date(2023, 1, 21))
    assert found["MPSV-A-1"].due == date(2022, 11, 20)


def test_combined_vaccines_count_for_each_of_their_series() -> None:
    doses = [("DTaP-IPV-Hib", date(2022, 7, 20))]
    found = plan(doses, date(2022, 7, 21))
    assert found["DTaP-1"].status == found["Polio-1"].status == DONE
    assert validity_of(EDITION, BORN, "2", doses, date(2022, 7, 21)) == ("1",)


def test_a_province_may_use_other_products() -> None:
    listed = {
        d.dose_id
        for d in forecast(
            EDITION, BORN, "1", [], BORN, settings={"je_product": "JE-I", "hepa_product": "HepA-I"}
        )
    }
    assert {"JE-I-4", "HepA-I-2"} <= listed
    assert not {"JE-L-1", "HepA-L-1", "2vHPV-1"} & listed


def test_the_area_may_set_from_which_birth_date_hpv_is_given() -> None:
    girl = (date(2011, 5, 1), "2", [], date(2026, 1, 1))
    assert "2vHPV-1" not in {d.dose_id for d in forecast(EDITION, *girl)}
    wider = forecast(EDITION, *girl, settings={"hpv_born_after": "2011-01-01"})
    assert "2vHPV-1" in {d.dose_id for d in wider}


def test_the_published_edition_has_no_mistake() -> None:
    assert check_edition(BODY, {}) == []


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        (("series", 0, "doses", 1, "no"), 3, "numbered"),
        (("series", 0, "doses", 0, "vaccine"), "XYZ", "no vaccine 'XYZ'"),
        (("series", 0, "doses", 0, "vaccine"), "BCG", "does not count for HepB"),
        (("series", 0, "doses", 0, "dose_id"), "BCG-1", "stands twice"),
        (("series", 0, "doses", 0, "dose_id"), "HepB-2", "stands twice"),
        (("series", 0, "first_no"), 9, "no dose 9"),
        (("series", 0, "when"), [{"weight": {"below": 1}}], "no fact 'weight'"),
        (("series", 0, "had"), ["XYZ"], "no vaccine 'XYZ'"),
        (("series", 0, "born_after_setting"), "hpv_after", "no setting 'hpv_after'"),
        (("series", 0, "doses", 0, "accepts"), ["XYZ"], "no vaccine 'XYZ'"),
        (("vaccines", 0, "also"), ["BCG"], "'BCG' stands twice"),
        (("facts", 0, "fact"), "weight", "no fact 'weight'"),
        (("series", 0, "catch_up_for"), "XYZ", "no series 'XYZ'"),
        (("series", 0, "product"), {"colour": "red"}, "no setting 'colour'"),
    ],
)
def test_mistakes_of_an_edition(path: tuple[str | int, ...], to: object, message: str) -> None:
    found = check_edition(changed(dict(BODY), *path, to=to), {})
    assert any(message in mistake.message for mistake in found)


def test_facts_are_read_from_fields_that_their_forms_have() -> None:
    types = {form: FieldTypes({}, {}) for form in ("newborn_visit", "vaccination")}
    found = {f"{m.place}: {m.message}" for m in check_edition(BODY, types)}
    assert "facts newborn_visit.birth_weight: the form has no field 'birth_weight'" in found
    assert "facts delivery_notice.mother_hbsag: there is no form 'delivery_notice'" in found


def test_the_edition_in_force() -> None:
    first, corrected = replace(EDITION, version=1), replace(EDITION, version=2)
    later = replace(EDITION, version=3, effective_from=date(2028, 1, 1))
    known = [later, first, corrected]
    days = (date(2020, 1, 1), EDITION.effective_from, date(2027, 12, 31), date(2028, 1, 1))
    assert [edition_in_force(known, day) for day in days] == [corrected] * 3 + [later]
    assert edition_in_force([], date(2026, 1, 1)) is None
