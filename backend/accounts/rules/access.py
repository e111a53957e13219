"""Who may do what with an account, and what is still needed first (docs/decisions/0004)."""

from __future__ import annotations

from collections.abc import Iterable

from backend.accounts.model import Entry, Need, Role

_RANK: dict[Role, int] = {"worker": 0, "reviewer": 1, "supervisor": 2}
_ENTRY: dict[Role, Entry] = {"worker": "capture", "reviewer": "desk", "supervisor": "desk"}


def entry_of(role: Role) -> Entry:
    """The page a role works at: doctors at the phone, staff at the desk."""
    return _ENTRY[role]


def needs(
    entry: Entry, *, password_is_one_time: bool, totp_confirmed: bool, has_device: bool
) -> tuple[Need, ...]:
    """What has to be done before anything else, in this order (S14, S15)."""
    found: list[Need] = []
    if password_is_one_time:
        found.append("new_password")
    if entry == "desk" and not totp_confirmed:
        found.append("second_factor_setup")
    if entry == "capture" and not has_device:
        found.append("device")
    return tuple(found)


def may_issue_codes(actor: Role, target: Role, *, all_areas_covered: bool) -> bool:
    """Whether one may give another a one-time password or an enrolment code.

    Whoever holds such a code can see everything the account sees, so all of the account's areas
    have to lie inside the issuer's, and the account has to rank below.
    """
    return _RANK[actor] > _RANK[target] and all_areas_covered


def may_make(actor: Role, target: Role, levels: Iterable[str], *, all_areas_covered: bool) -> bool:
    """Whether one may make an account of a role for areas of these levels.

    A township makes its doctors, a county reviewers too; a supervisor is made on the server. A
    doctor works in villages, a reviewer in townships.
    """
    level = {"worker": "village", "reviewer": "township"}.get(target)
    return may_issue_codes(actor, target, all_areas_covered=all_areas_covered) and all(
        one == level for one in levels
    )


def may_stop(actor: Role, target: Role, *, some_area_covered: bool) -> bool:
    """Whether one may revoke another's phone or end the sessions: a protection, so wider (S49)."""
    return _RANK[actor] > _RANK[target] and some_area_covered
