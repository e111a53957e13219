"""A registration fills a site; in a village a name is told once."""

from __future__ import annotations

from datetime import date

import pytest

from backend.sites.model import Site
from backend.sites.rules import name_key, register_site, same_site

MAPPING = {
    "village_code": "village_code",
    "name": "site_name",
    "type": "site_type",
    "place": "site_location",
    "phone": "contact_phone",
    "registered_on": "record_date",
}
VILLAGE = "990123100201"
SCHOOL = Site("b", VILLAGE, "上河小学", "1", registered_on=date(2026, 1, 10), phone="13800001111")


def test_a_site_takes_what_the_form_says_and_keeps_the_rest_as_details() -> None:
    answers = {
        "village_code": VILLAGE,
        "site_name": " 上河  小学 ",
        "site_type": "1",
        "site_location": {"lng": 104.05, "lat": 30.05},
        "contact_phone": "+86 138 0000 1111",
        "record_date": "2026-05-06",
        "pupils": 120,
        "owner_id_no": "x",
    }
    site = register_site("a", MAPPING, answers, frozenset({"owner_id_no"}), None, "s1")

    assert (site.name, site.phone, site.place) == ("上河 小学", "13800001111", (104.05, 30.05))
    assert site.registered_on == date(2026, 5, 6)
    assert site.details == {"pupils": 120}
    assert (site.status, site.source_submission_id) == ("1", "s1")


def test_a_later_form_changes_what_it_says_and_never_the_first_day() -> None:
    later = {"site_name": "上河中心小学", "record_date": "2026-05-06"}
    site = register_site("b", MAPPING, later, frozenset(), SCHOOL, "s2")
    assert (site.name, site.type, site.phone) == ("上河中心小学", "1", "13800001111")
    assert site.registered_on == date(2026, 1, 10)


@pytest.mark.parametrize(
    ("name", "village", "same"),
    [
        ("上河小学", VILLAGE, True),
        ("上河 小学", VILLAGE, True),
        ("上河中学", VILLAGE, False),
        ("上河小学", "990123100202", False),
        ("", VILLAGE, False),
    ],
)
def test_the_same_site(name: str, village: str, same: bool) -> None:
    found = same_site(Site("new", village, name, "1"), [SCHOOL])
    assert found == (SCHOOL if same else None)


def test_a_site_is_not_its_own_double_and_a_merged_one_is_nobodys() -> None:
    assert same_site(SCHOOL, [SCHOOL]) is None
    merged = Site("c", VILLAGE, "上河小学", "1", merged_into="b")
    assert same_site(Site("new", VILLAGE, "上河小学", "1"), [merged]) is None


def test_of_several_the_first_registered_stays() -> None:
    other = Site("a", VILLAGE, "上河小学", "1")
    assert same_site(Site("new", VILLAGE, "上河小学", "1"), [SCHOOL, other]) == other


def test_two_nameless_sites_are_two() -> None:
    assert same_site(Site("new", VILLAGE, "", "1"), [Site("old", VILLAGE, " ", "1")]) is None


def test_width_and_case_do_not_tell_names_apart() -> None:
    assert name_key(" Ａ超市 ") == name_key("a 超市")
