"""Three months of a township's visits, laid into the database as the line would have left them."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sqlalchemy import insert

from backend.house import House
from backend.kernel.db import table_of
from backend.kernel.ids import new_id
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow
from tests.browser.sample import Home


def lay_in(house: House, worker_id: str, homes: list[Home], *, invented: bool) -> list[str]:
    """A doctor's follow-ups of these people, one each; their ids. Whoever invents writes them all
    in one night, far from every door, with the same readings.
    """
    rng, now = Random(worker_id), house.clock()  # noqa: S311 - chance that must be repeatable
    night = now.replace(hour=15, minute=5) - timedelta(days=1)
    submissions, versions = [], []
    for no, home in enumerate(homes):
        lng, lat = home.place
        written = night + timedelta(minutes=3 * no) if invented else now - timedelta(hours=26 * no)
        on = (now - timedelta(days=1 + (no % 40 if invented else no))).date()
        key = new_id()
        readings = (136, 84, 72) if invented else tuple(rng.randint(*r) for r in _RANGES)
        answers = dict(zip(("sbp", "dbp", "heart_rate"), readings, strict=True)) | {
            "visit_date": on.isoformat(), "visit_mode": "2", "visit_outcome": "1", "weight": 61,
        }  # fmt: skip
        place = {"lng": lng + (0.03 if invented else 0.0001), "lat": lat, "accuracy_m": 12}
        shared = {
            "worker_id": worker_id, "device_id": new_id(), "finalised_at": written,
            "received_at": now - timedelta(minutes=no), "form_version": 1, "answers": answers,
            "county_code": home.resident.village_code[:6] + "000000",
        }  # fmt: skip
        submissions.append(
            shared
            | {
                "id": key, "version_id": key, "version_no": 1, "form_key": "htn_followup",
                "township_code": home.resident.village_code[:9] + "000",
                "village_code": home.resident.village_code, "service": "hypertension",
                "subject_kind": "resident", "subject_id": home.resident.id,
                "household_id": home.household.id, "visit_date": on, "visit_mode": "2",
                "visit_outcome": "1", "state": "received", "flag_count": 0, "priority": 0,
                "decided_at": None,
            }
        )  # fmt: skip
        geotag = {
            "village_code": home.resident.village_code, "accuracy_class": "good", "doubt": [],
            "distance_m": 2880 if invented else 10, "fix_state": "fixed",
        }  # fmt: skip
        versions.append(
            shared
            | {
                "id": key, "submission_id": key, "no": 1, "base_version_id": None,
                "content_locked": house.vault.lock_bytes(b"{}"), "private_locked": None,
                "computed": {"class": "1", "rules": [], "referral": "none"}, "violations": [],
                "conflicts": [], "confirmed": [], "geotag": geotag, "seconds": 45.0,
                "fix": place | {"fixed_at": written.isoformat(), "coord_sys": "WGS-84"},
            }
        )  # fmt: skip
    with house.write() as session:
        session.execute(insert(table_of(SubmissionRow)), submissions)
        session.execute(insert(table_of(SubmissionVersionRow)), versions)
    return [one["id"] for one in submissions]


_RANGES = ((118, 156), (68, 96), (58, 96))
