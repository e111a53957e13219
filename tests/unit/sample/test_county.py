"""The sample county: real codes and names, invented places, a doctor for everybody."""

from __future__ import annotations

from shapely.geometry import Point, shape

from backend.geo.rules import covers, township_of
from backend.sample.county import build, read_document
from backend.sample.model import County
from tests.unit.sample.conftest import SEED


def test_codes_have_the_structure_of_the_statistics_bureau() -> None:
    document = read_document()
    assert document["code"] == "340828000000"
    villages = 0
    for township in document["townships"]:
        code = township["code"]
        assert (code[:6], code[9:], len(code)) == ("340828", "000", 12)
        # GB/T 10114 as in codes.md §9: 100-199 towns, 200-399 townships
        kind = "镇" if 100 <= int(code[6:9]) <= 199 else "乡"
        assert township["name"].endswith(kind)
        for village, name in township["villages"].items():
            assert village[:9] == code[:9]
            suffix = "居委会" if int(village[9:]) <= 199 else "村委会"
            assert name.endswith(suffix), (village, name)
            villages += 1
    assert (len(document["townships"]), villages) == (24, 188)


def test_every_place_is_said_to_be_invented(county: County) -> None:
    assert len(county.areas) == 1 + 24 + 188
    assert {area.boundary_source for area in county.areas} == {"invented"}


def test_village_cells_fill_the_county_without_overlap(county: County) -> None:
    whole = shape(county.areas[0].boundary).area
    cells = [shape(area.boundary) for area in county.areas if area.level == "village"]
    assert abs(sum(cell.area for cell in cells) - whole) < whole * 1e-4


def test_a_village_lies_inside_its_own_cell_and_its_township(county: County) -> None:
    by_code = {area.code: area for area in county.areas}
    for village in county.inhabited:
        spot = Point(village.centre)
        assert shape(village.boundary).contains(spot)
        assert shape(by_code[township_of(village.code)].boundary).contains(spot)


def test_clinic_telephones_were_never_given_to_anybody(county: County) -> None:
    phones = [area.clinic_phone for area in county.areas if area.clinic_phone]
    # No local number begins with 0, and the pattern of codes.md §8 still takes it.
    assert all(phone.startswith("0556-00") and len(phone) == 12 for phone in phones)
    assert len(phones) == len(set(phones)) == 24 + 188


def test_every_inhabited_village_has_one_doctor_with_at_most_three(county: County) -> None:
    doctors = [worker for worker in county.workers if worker.role == "worker"]
    assert all(1 <= len(doctor.areas) <= 3 for doctor in doctors)
    served = [code for doctor in doctors for code in doctor.areas]
    assert sorted(served) == sorted(village.code for village in county.inhabited)


def test_the_three_who_are_introduced(county: County) -> None:
    people = {worker.login: worker for worker in county.workers}
    doctor, reviewer = people["doctor"], people["reviewer"]
    assert doctor.name == "王秀英"
    assert len(doctor.areas) == 3
    assert all(covers(reviewer.areas[0], code) for code in doctor.areas)
    assert people["supervisor"].areas == ("340828000000",)


def test_a_larger_sample_takes_more_townships() -> None:
    assert len({township_of(v.code) for v in build(2_000, SEED).inhabited}) == 3
    assert len({township_of(v.code) for v in build(50_000, SEED).inhabited}) == 5
