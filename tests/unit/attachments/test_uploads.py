"""How much of a picture is here without a gap."""

from __future__ import annotations

import pytest

from backend.attachments.rules.uploads import folder_of, part_name, received, seal_header

FOLDER = folder_of("phone", "a" * 64, "b" * 64)


@pytest.mark.parametrize(
    ("parts", "here"),
    [
        ([], 0),
        ([(0, 100)], 100),
        ([(100, 50), (0, 100)], 150),
        ([(0, 100), (150, 50)], 100),
        ([(100, 50)], 0),
    ],
)
def test_what_is_here_ends_at_the_first_gap(parts: list[tuple[int, int]], here: int) -> None:
    assert received((part_name(FOLDER, at), size) for at, size in parts) == here


def test_the_seal_is_bound_to_phone_picture_and_key() -> None:
    assert seal_header("phone", "ab", "k1") == b"suifang.attachment/1\nphone\nab\nk1"


def test_a_phones_uploads_lie_in_a_folder_of_its_own() -> None:
    assert FOLDER.startswith(folder_of("phone"))
    assert not FOLDER.startswith(folder_of("phon"))
