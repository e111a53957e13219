"""Campaigns: targets and daily coverage; the rapid coverage check of 30 + 30 + 30 children.

After the county work plans: 30 children by household in 3 villages near, middle and far, 30 in a
school, 30 at a market; parent and record must agree; at least 95 % per village, else catch-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from backend.clinic.model import Campaign, CampaignDay, CoveragePart, RapidCoverage, TargetChild
from backend.kernel.dates import parse_day

EACH = 30
ENOUGH_PERCENT = 95.0
VILLAGES = 3

PARTS: Mapping[str, str] = {
    "1": "households",
    "2": "households",
    "3": "households",
    "4": "school",
    "5": "market",
}
"""Code list ``campaign_places`` -> the part of the check it belongs to."""

Answers = Mapping[str, Any]


def percent(part: int, whole: int) -> float | None:
    """One decimal; nothing of nothing."""
    return round(100 * part / whole, 1) if whole > 0 else None


def campaigns(
    lists: Iterable[tuple[str, Answers]], reports: Iterable[tuple[str, Answers]]
) -> list[Campaign]:
    """Campaigns by name and vaccine, each with its days.

    :param lists: (village, answers) of the forms ``campaign_list``
    :param reports: (village, answers) of the forms ``day_report``
    """
    listed: dict[tuple[str, str], int] = defaultdict(int)
    targets: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    days: dict[tuple[str, str], dict[date, list[Answers]]] = defaultdict(lambda: defaultdict(list))
    for _village, answers in lists:
        listed[_key(answers)] += _count(answers, "listed_count") - _count(answers, "excluded_count")
    for village, answers in reports:
        key = _key(answers)
        known = targets[key].get(village, 0)
        targets[key][village] = max(known, _count(answers, "target_count"))
        days[key][parse_day(answers["report_date"])].append(answers)
    return [
        Campaign(
            name,
            vaccine,
            max(0, listed.get((name, vaccine), 0)),
            sum(targets[(name, vaccine)].values()) if (name, vaccine) in targets else 0,
            [_day(on, found) for on, found in sorted(days.get((name, vaccine), {}).items())],
        )
        for name, vaccine in sorted(listed.keys() | days.keys())
    ]


def targets(lists: Iterable[tuple[str, Answers]], name: str, vaccine: str) -> list[TargetChild]:
    """The children on the lists of a campaign: by village those who are left, then the others.

    :param lists: (village, answers) of the forms ``campaign_list``, private answers included
    """
    found = [
        _target(village, row)
        for village, answers in lists
        if _key(answers) == (name, vaccine)
        for row in answers.get("children") or ()
    ]
    return sorted(
        found, key=lambda one: (one.village_code, not one.is_left, one.birth_date or date.max)
    )


def _target(village: str, row: Answers) -> TargetChild:
    return TargetChild(
        village_code=village,
        name=row.get("child_name"),
        sex=row.get("child_sex"),
        birth_date=_day_of(row.get("child_birth_date")),
        residence=row.get("residence"),
        phone=row.get("guardian_phone"),
        doses_before=row.get("doses_before"),
        contraindicated=row.get("contraindicated") == "1",
        vaccinated_on=_day_of(row.get("vaccinated_on")),
        not_reason=row.get("not_reason"),
    )


def _day_of(text: str | None) -> date | None:
    return None if text is None else parse_day(text)


def rapid_coverage(checks: Iterable[tuple[str, Answers]]) -> list[RapidCoverage]:
    """The rapid coverage checks of an area, by campaign.

    A child is covered when the parent and the record both say so; where they disagree it is not.

    :param checks: (village, answers) of the forms ``rapid_coverage``
    """
    by_campaign: dict[str, list[tuple[str, Answers]]] = defaultdict(list)
    for village, answers in checks:
        by_campaign[str(answers.get("campaign_name", ""))].append((village, answers))
    return [_checked(name, found) for name, found in sorted(by_campaign.items())]


def _checked(name: str, found: list[tuple[str, Answers]]) -> RapidCoverage:
    rows: dict[str, list[Answers]] = {"households": [], "school": [], "market": []}
    by_village: dict[str, list[Answers]] = defaultdict(list)
    for village, answers in found:
        part = PARTS.get(str(answers.get("place_type")))
        if part is not None:
            rows[part] += answers.get("children") or []
            if part == "households":
                by_village[village] += answers.get("children") or []
    parts = {key: _part(children) for key, children in rows.items()}
    covered = sum(part.covered for part in parts.values())
    checked = sum(part.checked for part in parts.values())
    return RapidCoverage(
        campaign=name,
        parts=parts,
        villages=len(by_village),
        complete=all(part.checked >= EACH for part in parts.values())
        and len(by_village) >= VILLAGES,
        percent=percent(covered, checked),
        enough=checked > 0 and all(_reached(part) for part in parts.values()),
        catch_up=[v for v, children in sorted(by_village.items()) if not _reached(_part(children))],
    )


def _reached(part: CoveragePart) -> bool:
    """A part without children has not failed: it was not looked at."""
    return part.checked == 0 or 100 * part.covered >= ENOUGH_PERCENT * part.checked


def _part(children: Iterable[Answers]) -> CoveragePart:
    every = list(children)
    said = [(str(row.get("parent_says", "")), str(row.get("record_says", ""))) for row in every]
    return CoveragePart(
        checked=len(every),
        covered=sum(parent == record == "1" for parent, record in said),
        disagree=sum({parent, record} == {"1", "2"} for parent, record in said),
    )


def _day(on: date, found: list[Answers]) -> CampaignDay:
    def total(name: str) -> int:
        return sum(_count(answers, name) for answers in found)

    return CampaignDay(
        on,
        total("vaccinated_count"),
        total("deferred_count"),
        total("contraindicated_count"),
        total("refused_count"),
        total("absent_count"),
        total("aefi_count"),
    )


def _key(answers: Answers) -> tuple[str, str]:
    return str(answers.get("campaign_name", "")), str(answers.get("vaccine", ""))


def _count(answers: Answers, name: str) -> int:
    return int(answers.get(name) or 0)
