"""Forms before they are published, as the desk's preview asks for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.county import County
from tests.builders.forms import FORM, SCHEMA, UI, changed

pytestmark = pytest.mark.sqlite_only(reason="nothing here asks the database for more than a list")


def _real(key: str) -> dict[str, Any]:
    folder = Path(__file__).parents[3] / "schemas" / "forms" / key / "1"
    names = {"form": "form.json", "schema": "data.schema.json", "ui": "ui.json"}
    return {part: json.loads((folder / name).read_text()) for part, name in names.items()}


def test_the_supervisor_sees_every_form_of_the_folder(county: County) -> None:
    items = county.supervisor.get("/drafts").json["items"]
    assert {"household_visit", "htn_followup"} <= {item["key"] for item in items}
    assert all(item["published"] and item["mistakes"] == [] for item in items)


def test_a_draft_of_the_folder_comes_as_it_would_be_published(county: County) -> None:
    answer = county.supervisor.get("/drafts/household_visit/1").json
    assert answer["mistakes"] == []
    assert answer["bundle"] == county.supervisor.get("/forms/household_visit/1").json


def test_files_in_hand_are_previewed_and_not_kept(county: County) -> None:
    files = _real("household_visit")
    files["form"]["version"] = 7
    answer = county.supervisor.post("/drafts/preview", files).json
    assert answer["bundle"]["version"] == 7
    assert county.supervisor.get("/forms/household_visit/7").status_code == 404


def test_files_with_a_mistake_come_back_with_its_place(county: County) -> None:
    ui = changed(UI, "pages", 1, "visible", to="colour == '1'")
    answer = county.supervisor.post("/drafts/preview", {"form": FORM, "schema": SCHEMA, "ui": ui})
    assert answer.json["bundle"] is None
    assert any("no code list" in mistake["message"] for mistake in answer.json["mistakes"])


@pytest.mark.parametrize("odd", [{}, {"title": 5}, {"key": [], "version": "x"}])
def test_files_that_are_no_form_are_mistakes_and_no_crash(county: County, odd: Any) -> None:
    answer = county.supervisor.post("/drafts/preview", {"form": odd, "schema": {}, "ui": {}})
    assert answer.status_code == 200
    assert answer.json["mistakes"]


def test_a_version_differs_not_from_itself_and_an_unknown_one_is_not_found(county: County) -> None:
    asked = county.supervisor.get("/drafts/household_visit/changes?old=1&new=1")
    assert asked.json == {"items": []}
    assert county.supervisor.get("/drafts/household_visit/changes?old=1&new=9").status_code == 404


def test_drafts_are_the_supervisors(county: County) -> None:
    assert county.doctor.get("/drafts").status_code == 404
    assert county.reviewer.get("/drafts").status_code == 404
