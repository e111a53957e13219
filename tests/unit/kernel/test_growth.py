"""WHO growth references: the rows we ship, what is refused. Values: schemas/cases/growth.json."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from backend.kernel import growth

RANGES = {
    "wfa": (0, 85 * 30.4375),
    "lhfa": (0, 85 * 30.4375),
    "bfa": (0, 85 * 30.4375),
    "hcfa": (0, 1856),
    "wfl": (45, 110),
    "wfh": (65, 120),
}
TABLES = json.loads(growth.TABLES.read_text("utf-8"))["tables"]


def test_both_sexes_have_every_indicator_over_its_whole_range() -> None:
    found = {(t["indicator"], t["sex"]): (t["rows"][0][0], t["rows"][-1][0]) for t in TABLES}
    assert found == {(name, sex): span for name, span in RANGES.items() for sex in ("1", "2")}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: f"{t['indicator']}-{t['sex']}")
def test_rows_stand_in_order_and_medians_never_jump(table: dict[str, object]) -> None:
    """Rows or figures that changed places show as a jump; smaller slips only a comparison finds."""
    rows = table["rows"]
    assert isinstance(rows, list)
    for (x0, _, m0, s0), (x1, _, m1, s1) in pairwise(rows):
        assert x0 < x1
        assert abs(m1 / m0 - 1) < 0.03 + 0.08 * (x1 - x0)
        assert abs(s1 / s0 - 1) < 0.03 + 0.08 * (x1 - x0)


@pytest.mark.parametrize("z", [-4.5, -3.0, -2.0, 0.0, 1.0, 3.0])
def test_a_measurement_at_z_has_that_score_up_to_three_deviations(z: float) -> None:
    at = growth.Lms(-0.3521, 13.4937, 0.08028)  # weight for height of boys, 92.6 cm, WHO 2006
    found = growth.z_score("wfh", "1", 92.6, at.value_at(z))
    assert (found == pytest.approx(z, abs=0.002)) is (abs(z) <= 3)


def test_without_a_reference_there_is_no_score() -> None:
    with pytest.raises(ValueError, match="no growth reference"):
        growth.z_score("hcfa", "1", 1857, 50)
    with pytest.raises(ValueError, match="no growth reference"):
        growth.z_score("wfa", "9", 10, 3)


def test_a_power_of_nought_is_the_logarithm() -> None:
    at = growth.Lms(0, 10, 0.1)
    assert at.z_of(at.value_at(1.5)) == pytest.approx(1.5)
