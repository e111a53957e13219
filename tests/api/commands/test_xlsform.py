"""``flask forms import-xlsform`` and ``export-xlsform``: a county brings and takes its forms."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from apiflask import APIFlask

from backend.forms import service as forms
from backend.house import House
from tests.builders.settings import ROOT
from tests.builders.xlsforms import workbook

SURVEY = [
    ["type", "name", "label", "relevant"],
    ["date", "visit_date", "日期", None],
    ["select_one yn", "pain", "疼痛", None],
    ["text", "where_is_it", "部位", "${pain} = '1'"],
]
CHOICES = [["list_name", "name", "label"], ["yn", "1", "有"], ["yn", "2", "无"]]


@pytest.fixture
def own_schemas(tmp_path: Path, app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ``schemas/`` that this test may write into."""
    root = tmp_path / "schemas"
    for part in ("meta", "common", "forms", "programmes", "immunization"):
        shutil.copytree(ROOT / "schemas" / part, root / part)
    here: House = app.extensions["suifang"]
    object.__setattr__(here.settings, "schemas", root)
    return root


def run(app: APIFlask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["forms", *args])
    return result.exit_code, str(result.output)


def test_a_form_comes_in_is_published_and_goes_out_again(
    app: APIFlask, house: House, own_schemas: Path, tmp_path: Path
) -> None:
    file = tmp_path / "pain_visit.xlsx"
    file.write_bytes(workbook(SURVEY, CHOICES))
    status, told = run(app, "import-xlsform", str(file), "--publish")
    assert status == 0, told
    assert "forms/pain_visit/1: 已写入" in told
    assert "stands for both Chinese and English" in told
    with house.read() as session:
        made = forms.bundle(session, "pain_visit", 1)
    assert made is not None and list(made.codes) == ["pain_visit_yn"]

    assert "forms/pain_visit/1: 未变" in run(app, "import-xlsform", str(file))[1]
    assert run(app, "check")[0] == 0

    back = tmp_path / "back.xlsx"
    status, told = run(app, "export-xlsform", "pain_visit", "--output", str(back))
    assert status == 0, told
    assert "forms/pain_visit/1: 未变" in run(app, "import-xlsform", str(back))[1]

    file.write_bytes(workbook([*SURVEY, ["integer", "days", "天数", None]], CHOICES))
    assert "forms/pain_visit/2: 已写入" in run(app, "import-xlsform", str(file))[1]
    # A field that changes its type is refused, as publishing would.
    file.write_bytes(workbook([*SURVEY, ["text", "days", "天数", None]], CHOICES))
    status, told = run(app, "import-xlsform", str(file))
    assert status == 1 and "survey row 5: was number since version 2" in told
    assert not (own_schemas / "forms" / "pain_visit" / "3").exists()


def test_what_is_refused_writes_nothing(app: APIFlask, own_schemas: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.xlsx"
    file.write_bytes(workbook([*SURVEY, ["audio", "cough", "咳嗽", "pulldata('x')"]], CHOICES))
    status, told = run(app, "import-xlsform", str(file))
    assert status == 1
    assert "survey row 5 column 'type': the type 'audio' is not supported" in told
    assert "什么也没有写入" in told
    assert not (own_schemas / "forms" / "bad").exists()


def test_there_is_no_such_form(app: APIFlask) -> None:
    assert run(app, "export-xlsform", "nothing") == (
        1,
        "Error: 没有表单 / there is no form 'nothing'\n",
    )
