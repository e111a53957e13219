"""What of a reaction cannot wait."""

from __future__ import annotations

import pytest

from backend.clinic.rules.reactions import SIGNS, is_urgent


@pytest.mark.parametrize(
    ("signs", "urgent"),
    [
        (["fever"], False),
        (["swelling", "rash", "vomiting", "crying", "pus", "other"], False),
        (["high_fever"], True),
        (["breathing"], True),
        (["face_swelling"], True),
        (["convulsion"], True),
        (["faint"], True),
        (["drowsy"], True),
        (["weak_limb"], True),
        (["fever", "convulsion"], True),
        ([], False),
    ],
)
def test_one_sign_is_enough(signs: list[str], urgent: bool) -> None:
    assert is_urgent(signs) is urgent


def test_every_sign_was_thought_about() -> None:
    assert len(SIGNS) == 14
