"""Same person? The exact part: id number, or name with birth date and village.

The scored comparison will take the seat of :func:`compare`; its callers need not change.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.dedup.model import DIFFERENT, SAME, UNSURE, DuplicateCandidate, Verdict
from backend.geo.rules import township_of
from backend.kernel.ids import derived_id
from backend.residents.model import Resident


def compare(a: Resident, b: Resident) -> Verdict:
    """Judge two registrations.

    ``same`` only when id number, name and birth date agree: one of them alone may be a typing
    error or a twin's. A shared id number with another name or birth date, and a shared name, birth
    date and village without two id numbers that contradict, are ``unsure``: a person decides.
    """
    explanation = {
        "id_no": _told(a.id_no, b.id_no),
        "name": _told(a.name, b.name),
        "birth_date": _told(a.birth_date.isoformat(), b.birth_date.isoformat()),
        "sex": _told(a.sex, b.sex),
        "village_code": _told(a.village_code, b.village_code),
    }
    same_facts = all(explanation[f] == "equal" for f in ("name", "birth_date"))
    if explanation["id_no"] == "equal":
        verdict, score = (SAME, 1.0) if same_facts else (UNSURE, 0.8)
    elif explanation["id_no"] == "missing" and same_facts and a.village_code == b.village_code:
        verdict, score = UNSURE, 0.7 if explanation["sex"] == "equal" else 0.5
    else:
        verdict, score = DIFFERENT, 0.0
    return Verdict(verdict, score, explanation)


def _told(a: str | None, b: str | None) -> str:
    if not a or not b:
        return "missing"
    return "equal" if a == b else "differs"


def match(
    newcomer: Resident, others: Sequence[Resident]
) -> tuple[str | None, tuple[DuplicateCandidate, ...]]:
    """Find the newcomer among those who might be the same.

    :returns: id of the survivor when the machine is sure, and every pair worth keeping
    """
    survivor: str | None = None
    pairs = []
    for other in sorted(others, key=lambda r: (r.merged_into is not None, r.id)):
        verdict = compare(newcomer, other)
        if verdict.verdict == DIFFERENT:
            continue
        merged = verdict.verdict == SAME and survivor is None
        if merged:
            survivor = other.merged_into or other.id
        pairs.append(_candidate(newcomer, other, verdict, "merged" if merged else "open"))
    return survivor, tuple(pairs)


def _candidate(a: Resident, b: Resident, verdict: Verdict, state: str) -> DuplicateCandidate:
    first, second = sorted((a.id, b.id))
    return DuplicateCandidate(
        id=derived_id(first, "pair", second),
        resident_id=first,
        other_id=second,
        township_code=township_of(a.village_code),
        verdict=verdict,
        state=state,
    )
