"""What a caregiver may have seen after a vaccination, and what of it cannot wait.

The signs are written for parents, not for doctors: whether it is an adverse event following
immunization, and which, is for the doctor's own report (form ``aefi``).
"""

from __future__ import annotations

from collections.abc import Collection

SIGNS: dict[str, bool] = {
    "breathing": True,
    "face_swelling": True,
    "convulsion": True,
    "faint": True,
    "drowsy": True,
    "weak_limb": True,
    "high_fever": True,
    "fever": False,
    "swelling": False,
    "pus": False,
    "rash": False,
    "vomiting": False,
    "crying": False,
    "other": False,
}
"""Sign -> whether it cannot wait. After the national AEFI surveillance plan: serious reactions
(anaphylaxis, laryngeal oedema, convulsions, fainting, paralysis, fever from 38.6 ℃ with other
signs); high fever (39 ℃) and drowsiness are engineering, on the safe side."""

A_DAY = 5
"""Reports that one link may send a day."""


def is_urgent(signs: Collection[str]) -> bool:
    """True when at least one of the signs must be seen at once."""
    return any(SIGNS.get(sign, False) for sign in signs)
