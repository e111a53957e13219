"""What shows only when visits of one worker lie beside each other. Each pattern flags the visits.

Taken over a window of visits, not at intake: phones bring visits in any order, weeks late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from backend.geo.rules import FAR_FROM_HOME_M, distance_m
from backend.kernel.clock import SHANGHAI
from backend.review.model import QualityFlag, VisitFacts
from backend.review.rules.flags import flag

Found = dict[str, QualityFlag]
"""Submission id -> its flag of one kind."""

SPREAD_GAP, SPREAD_RUN, SPREAD_DAYS = timedelta(minutes=15), 6, 4
DOOR_TO_DOOR, DOORS = timedelta(minutes=3), 5
FASTEST_KMH, LEAST_TRAVEL_M = 120, 2000
COPIED_WITHIN, COPIED_READINGS = timedelta(hours=24), 4
SPOT_DEGREES, SPOT_DOORS = 0.001, 5
"""About 100 m of latitude; five doors that are all registered elsewhere."""


def spread_dates(visits: Sequence[VisitFacts]) -> Found:
    """Visits of four or more days written in one go; an evening's write-up of two days is none."""
    found: Found = {}
    for run in _runs(_by_time(visits), SPREAD_GAP):
        days = {one.visit_date for one in run}
        if len(run) >= SPREAD_RUN and len(days) >= SPREAD_DAYS:
            told = {"count": len(run), "days": len(days), "local_time": _clock(run[0])}
            found |= {one.submission_id: flag("spread_dates", told) for one in run}
    return found


def many_in_minutes(visits: Sequence[VisitFacts]) -> Found:
    """Home visits at five or more doors, less than three minutes from one to the next. A session at
    the clinic, telephone calls, and the members of one household are none.
    """
    home = _by_time(one for one in visits if one.mode == "2" and one.household_id is not None)
    doors: list[list[VisitFacts]] = []
    for one in home:
        if doors and doors[-1][-1].household_id == one.household_id:
            doors[-1].append(one)
        else:
            doors.append([one])
    found: Found = {}
    run: list[list[VisitFacts]] = []
    for door in [*doors, []]:
        if run and door and door[0].finalised_at - run[-1][-1].finalised_at < DOOR_TO_DOOR:
            run.append(door)
            continue
        if len({each[0].household_id for each in run}) >= DOORS:
            span = run[-1][-1].finalised_at - run[0][0].finalised_at
            told = {"count": len(run), "minutes": round(span.total_seconds() / 60)}
            found |= {
                one.submission_id: flag("many_in_minutes", told) for each in run for one in each
            }
        run = [door]
    return found


def impossible_travel(visits: Sequence[VisitFacts]) -> Found:
    """Two fixes that nobody could reach one after the other, whatever their accuracy."""
    fixed = _by_time(one for one in visits if one.fix is not None)
    found: Found = {}
    for before, after in pairwise(fixed):
        assert before.fix is not None and after.fix is not None  # noqa: S101 - for the checker
        apart = distance_m(before.fix[:2], after.fix[:2]) - before.fix[2] - after.fix[2]
        hours = (after.finalised_at - before.finalised_at).total_seconds() / 3600
        if apart > LEAST_TRAVEL_M and apart / 1000 > FASTEST_KMH * hours:
            km = round(apart / 1000, 1)
            told = {"km": km, "minutes": round(hours * 60), "other": before.submission_id}
            found[after.submission_id] = flag("impossible_travel", told)
    return found


def copied_answers(visits: Sequence[VisitFacts]) -> Found:
    """The very same readings, four or more, of two residents within a day."""
    alike: dict[tuple[object, ...], list[VisitFacts]] = defaultdict(list)
    for one in _by_time(visits):
        if len(one.readings) >= COPIED_READINGS:
            alike[(one.form_key, *sorted(one.readings.items()))].append(one)
    found: Found = {}
    for group in alike.values():
        for before, after in pairwise(group):
            near = after.finalised_at - before.finalised_at <= COPIED_WITHIN
            if near and before.subject_id != after.subject_id:
                ids = (before.submission_id, after.submission_id)
                for mine, other in (ids, ids[::-1]):
                    told = {"readings": len(after.readings), "submission_ids": [other]}
                    found[mine] = flag("copied_answers", told)
    return found


def unchanged(visits: Sequence[VisitFacts]) -> set[str]:
    """Submissions whose readings, three or more, are those of the resident's visit before. The line
    flags them; here they are counted.
    """
    last: dict[tuple[str, str], VisitFacts] = {}
    found = set()
    for one in sorted(visits, key=lambda one: (one.visit_date, one.finalised_at)):
        before = last.get((one.subject_id, one.form_key))
        if before is not None and len(one.readings) >= 3 and before.readings == one.readings:
            found.add(one.submission_id)
        last[one.subject_id, one.form_key] = one
    return found


def repeated_photo(visits: Sequence[VisitFacts]) -> Found:
    """One picture for several subjects that do not live together."""
    shown: dict[str, list[VisitFacts]] = defaultdict(list)
    for one in _by_time(visits):
        for picture in one.pictures:
            shown[picture].append(one)
    found: Found = {}
    for group in shown.values():
        homes = {one.household_id or one.subject_id for one in group}
        if len(homes) > 1:
            told = {"count": len(homes)}
            found |= {one.submission_id: flag("repeated_photo", told) for one in group}
    return found


def one_spot(visits: Sequence[VisitFacts]) -> set[str]:
    """Home visits to five or more doors that were all written at one and the same place, far from
    each door. Neighbours written at their doors are none.
    """
    spots: dict[tuple[int, int], list[VisitFacts]] = defaultdict(list)
    for one in visits:
        if one.fix is not None and is_far(one):
            spots[round(one.fix[0] / SPOT_DEGREES), round(one.fix[1] / SPOT_DEGREES)].append(one)
    return {
        one.submission_id
        for group in spots.values()
        if len({each.household_id for each in group}) >= SPOT_DOORS
        for one in group
    }


def is_far(one: VisitFacts) -> bool:
    """True for a home visit farther from its door than the accuracy explains."""
    if one.mode != "2" or one.fix is None or one.distance_m is None:
        return False
    return one.distance_m - one.fix[2] > FAR_FROM_HOME_M


FLAGGING = {
    "spread_dates": spread_dates,
    "many_in_minutes": many_in_minutes,
    "impossible_travel": impossible_travel,
    "copied_answers": copied_answers,
    "repeated_photo": repeated_photo,
}
"""Patterns that are put on the submissions themselves."""


def _by_time(visits: Iterable[VisitFacts]) -> list[VisitFacts]:
    return sorted(visits, key=lambda one: (one.finalised_at, one.submission_id))


def _runs(ordered: Sequence[VisitFacts], gap: timedelta) -> list[list[VisitFacts]]:
    runs: list[list[VisitFacts]] = []
    for one in ordered:
        if runs and one.finalised_at - runs[-1][-1].finalised_at <= gap:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _clock(one: VisitFacts) -> str:
    return one.finalised_at.astimezone(SHANGHAI).strftime("%H:%M")
