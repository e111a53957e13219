"""Who may do what with an account, and what is needed first."""

from __future__ import annotations

import pytest

from backend.accounts.model import Entry, Need, Role
from backend.accounts.rules.access import entry_of, may_issue_codes, may_stop, needs


@pytest.mark.parametrize(
    ("entry", "one_time", "totp", "device", "expected"),
    [
        ("capture", True, False, False, ("new_password", "device")),
        ("capture", True, False, True, ("new_password",)),
        ("capture", False, False, False, ("device",)),
        ("capture", False, False, True, ()),
        ("desk", True, False, False, ("new_password", "second_factor_setup")),
        ("desk", True, True, False, ("new_password",)),
        ("desk", False, False, False, ("second_factor_setup",)),
        ("desk", False, True, False, ()),
    ],
)
def test_what_is_needed_first(
    entry: Entry, one_time: bool, totp: bool, device: bool, expected: tuple[Need, ...]
) -> None:
    found = needs(entry, password_is_one_time=one_time, totp_confirmed=totp, has_device=device)
    assert found == expected


@pytest.mark.parametrize(
    ("role", "entry"), [("worker", "capture"), ("reviewer", "desk"), ("supervisor", "desk")]
)
def test_doctors_work_at_the_phone_and_staff_at_the_desk(role: Role, entry: Entry) -> None:
    assert entry_of(role) == entry


RANKS: list[tuple[Role, Role, bool]] = [
    ("worker", "worker", False),
    ("worker", "reviewer", False),
    ("worker", "supervisor", False),
    ("reviewer", "worker", True),
    ("reviewer", "reviewer", False),
    ("reviewer", "supervisor", False),
    ("supervisor", "worker", True),
    ("supervisor", "reviewer", True),
    ("supervisor", "supervisor", False),
]


@pytest.mark.parametrize(("actor", "target", "ranks_above"), RANKS)
def test_codes_go_down_the_line_and_only_inside_the_own_areas(
    actor: Role, target: Role, ranks_above: bool
) -> None:
    assert may_issue_codes(actor, target, all_areas_covered=True) is ranks_above
    assert may_issue_codes(actor, target, all_areas_covered=False) is False


@pytest.mark.parametrize(("actor", "target", "ranks_above"), RANKS)
def test_stopping_needs_only_one_shared_area(actor: Role, target: Role, ranks_above: bool) -> None:
    assert may_stop(actor, target, some_area_covered=True) is ranks_above
    assert may_stop(actor, target, some_area_covered=False) is False
