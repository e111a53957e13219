"""Publishing a folder into the database: once, for ever, and never half."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from backend.followups.rules import check_programme
from backend.forms import service
from backend.immunization.rules import check_edition
from backend.kernel.db import begin_write
from tests.builders.forms import FORM, SIGNS, UI, YES_NO, changed, draft, text, write_folder
from tests.builders.publishing import unpublish_everything

NOW = datetime(2026, 5, 6, 2, tzinfo=UTC)
REAL = Path(__file__).parents[3] / "schemas"
CHECKS = {"programme": check_programme, "immunization": check_edition}


@pytest.fixture(autouse=True)
def _nothing_published(write_session: Session) -> None:
    unpublish_everything(write_session)


def test_the_house_publishes_its_own_schemas(write_session: Session, session: Session) -> None:
    report = service.publish_folder(write_session, REAL, NOW, CHECKS)
    write_session.commit()

    assert report.refused == {}
    assert {ref.kind for ref in report.published} == {"form", "programme", "immunization"}
    found = service.compiled(session, "htn_followup", 1)
    assert found is not None and found.bundle.form.service == "hypertension"
    assert service.compiled(session, "htn_followup", 1) is found
    session.rollback()
    assert {ref.key for ref in service.current(session)} >= {"htn_followup", "hypertension", "nip"}

    begin_write(write_session)
    again = service.publish_folder(write_session, REAL, NOW, CHECKS)
    assert (again.published, again.refused) == ((), {})
    assert set(again.unchanged) == set(report.published)


def test_what_was_never_published_is_not_there(session: Session) -> None:
    assert service.compiled(session, "htn_followup", 1) is None
    assert service.bundle(session, "htn_followup", 1) is None
    assert service.rule_version(session, "programme", "hypertension", 1) is None
    assert service.current(session) == []


def test_a_published_version_never_changes(write_session: Session, tmp_path: Path) -> None:
    write_folder(tmp_path)
    service.publish_folder(write_session, tmp_path, NOW)
    before = service.bundle(write_session, "tiny", 1)

    write_folder(tmp_path, draft(ui=changed(UI, "pages", 0, "title", to=text("other"))))
    report = service.publish_folder(write_session, tmp_path, NOW)

    assert "never changes" in report.refused["forms/tiny/1"][0].message
    assert service.bundle(write_session, "tiny", 1) == before


def test_a_corrected_label_reaches_the_next_version_only(
    write_session: Session, tmp_path: Path
) -> None:
    write_folder(tmp_path)
    service.publish_folder(write_session, tmp_path, NOW)
    better = changed(YES_NO, "codes", 0, "label", "zh-CN", to="无")
    write_folder(tmp_path, codes=[better, SIGNS])
    assert service.publish_folder(write_session, tmp_path, NOW).refused == {}

    second = draft(form=changed(FORM, "version", to=2))
    write_folder(tmp_path, second, codes=[better, SIGNS])
    assert len(service.publish_folder(write_session, tmp_path, NOW).published) == 1

    labels = [
        found.codes["yes_no"].labels["1"]["zh-CN"]
        for version in (1, 2)
        if (found := service.bundle(write_session, "tiny", version))
    ]
    assert labels == ["no", "无"]
    assert [ref.version for ref in service.current(write_session)] == [2]


def test_a_bad_form_does_not_keep_a_good_one_back(write_session: Session, tmp_path: Path) -> None:
    write_folder(tmp_path)
    bad = draft(
        form=changed(FORM, "key", to="bad"),
        ui=changed(UI, "pages", 1, "visible", to="nobody == '1'"),
    )
    write_folder(tmp_path, bad)
    report = service.publish_folder(write_session, tmp_path, NOW)
    assert [ref.key for ref in report.published] == ["tiny"]
    assert list(report.refused) == ["forms/bad/1"]
    assert set(service.check_folder(tmp_path)) == {"forms/bad/1"}


def test_a_bad_programme_is_refused_with_its_place(write_session: Session, tmp_path: Path) -> None:
    shutil.copytree(REAL, tmp_path / "schemas")
    file = tmp_path / "schemas" / "programmes" / "hypertension.json"
    file.write_text(file.read_text().replace("visit_outcome == '1'", "visit_outcome == 1", 1))
    report = service.publish_folder(write_session, tmp_path / "schemas", NOW, CHECKS)
    (mistakes,) = report.refused.values()
    assert list(report.refused) == ["programmes/hypertension.json"]
    assert "no matching overload" in mistakes[0].message


def test_a_file_that_is_no_json_is_named(write_session: Session, tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "forms" / "tiny" / "1" / "ui.json").write_text("{")
    report = service.publish_folder(write_session, tmp_path, NOW)
    assert report.published == ()
    assert "is no JSON" in report.refused["forms/tiny/1/ui.json"][0].message
    (tmp_path / "forms" / "tiny" / "1" / "ui.json").unlink()
    (mistake,) = service.check_folder(tmp_path)["forms/tiny/1/ui.json"]
    assert mistake.message == "is missing"
