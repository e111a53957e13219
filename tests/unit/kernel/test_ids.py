"""Identifiers: the phone derives the same ones."""

from __future__ import annotations

import uuid

import pytest

from backend.kernel.ids import derived_id, is_uuid, new_id, newborn_id, task_id


def test_new_ids_are_uuid7_in_the_order_they_were_made() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {uuid.UUID(text).version for text in ids} == {7}
    assert all(is_uuid(text) for text in ids)


def test_derived_ids_are_uuid5_of_the_parts_joined_by_bars() -> None:
    namespace = uuid.UUID("6f0a4bb5-3c58-5f0e-9a39-5a1d0c7b2e11")
    assert derived_id("a", "高血压") == str(uuid.uuid5(namespace, "a|高血压"))
    assert task_id("s", "hypertension", "2026Q3") == derived_id("s", "hypertension", "2026Q3")
    assert newborn_id("d", 0) == derived_id("d", "newborn", "0")
    assert newborn_id("d", 0) != newborn_id("d", 1)


@pytest.mark.parametrize(
    "text",
    ["", "6f0a4bb5", "6F0A4BB5-3C58-5F0E-9A39-5A1D0C7B2E11", "6f0a4bb53c585f0e9a395a1d0c7b2e11",
     "6f0a4bb5-3c58-5f0e-9a39-5a1d0c7b2e11\n", "6f0a4bb5-3c58-0f0e-9a39-5a1d0c7b2e11", None, 5],
)  # fmt: skip
def test_only_lower_case_with_hyphens_is_an_id(text: object) -> None:
    assert not is_uuid(text)
