"""What ``flask doctor`` says, finding by finding."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.kernel.holidays import Holidays
from backend.kernel.sentences import fill, load_sentences
from backend.operations.examining import of_calendar, of_folder, of_measures, of_settings
from backend.operations.measures import Measures
from tests.builders.settings import ROOT, make_settings

GB = 1024**3
WELL = Measures(
    worker_age=40, reminder_lag=None, phones_with_gaps=0, numbers_missing=0, held=0, held_age=None,
    quarantined=0, audit_age=200, backup_age=20 * 3600, disk_free=50 * GB, disk_total=100 * GB,
    transaction_age=0.2, rights_late=0, rules_database=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"worker_age": None}, ["worker_never"]),
        ({"worker_age": 299}, []),
        ({"worker_age": 301}, ["worker_silent"]),
        ({"reminder_lag": 899}, []),
        ({"reminder_lag": 901}, ["reminders_late"]),
        ({"phones_with_gaps": 1, "numbers_missing": 3}, ["numbers_missing"]),
        ({"held": 2, "held_age": 7 * 86400}, []),
        ({"held": 2, "held_age": 7 * 86400 + 1}, ["held_long"]),
        ({"quarantined": 1}, ["quarantined"]),
        ({"audit_age": 1801}, ["audit_open"]),
        ({"audit_age": None}, []),
        ({"backup_age": None}, ["backup_never"]),
        ({"backup_age": 26 * 3600 + 1}, ["backup_old"]),
        ({"disk_free": 5 * GB}, []),
        ({"disk_free": 5 * GB - 1}, ["disk_full"]),
        ({"disk_free": 400 * 1024**2, "disk_total": GB}, ["disk_full"]),
        ({"rights_late": 2}, ["rights_late"]),
        ({"transaction_age": 301}, ["transaction_open"]),
        ({"transaction_age": None}, []),
    ],
)
def test_what_the_data_shows(changes: dict[str, Any], codes: list[str]) -> None:
    assert [one.code for one in of_measures(replace(WELL, **changes))] == codes


def test_sec_s38_a_role_that_rules_the_database_server_is_too_strong() -> None:
    assert [one.code for one in of_measures(replace(WELL, rules_database=True))] == [
        "role_too_strong"
    ]


def test_sec_s38_the_proxys_examples_speak_tls_1_2_and_above() -> None:
    nginx = (ROOT / "docs" / "operations" / "nginx.conf").read_text("utf-8")
    (protocols,) = re.findall(r"ssl_protocols ([^;]+);", nginx)
    assert protocols.split() == ["TLSv1.2", "TLSv1.3"]
    caddy = (ROOT / "docs" / "operations" / "Caddyfile").read_text("utf-8")
    assert not re.search(r"tls1\.[01]|protocols", caddy), "Caddy begins at 1.2 by itself"


def test_what_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "pages" / "capture").mkdir(parents=True)
    (tmp_path / "pages" / "capture" / "index.html").touch()
    good = make_settings(
        tmp_path, "sqlite://", development=False, proxy_hops=1, contact="mailto:it@county.cn",
        sms_url="https://sms.example/", pwa=tmp_path / "pages",
    )  # fmt: skip
    assert of_settings(good) == []
    for change, code in {
        ("development", True): "development",
        ("proxy_hops", 0): "no_proxy",
        ("push_test", "http://127.0.0.1:1"): "push_test",
        ("contact", "mailto:suifang@example.org"): "no_contact",
        ("sms_url", None): "no_sms",
        ("pwa", tmp_path): "no_pages",
    }.items():
        assert [one.code for one in of_settings(replace(good, **dict([change])))] == [code]
    good.worker_off.touch()
    assert [one.code for one in of_settings(good)] == ["pages_withdrawn"]


def test_nobody_else_may_look_where_names_lie(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o700)
    key = secrets / "jwt"
    key.touch(mode=0o600)
    tmp_path.chmod(0o700)
    assert of_folder(tmp_path) == []
    key.chmod(0o640)
    assert of_folder(tmp_path) == [], "a group that may read is the operator's decision"
    for path, mode in ((key, 0o644), (secrets, 0o770)):
        path.chmod(mode)
        assert [one.values for one in of_folder(tmp_path)][-1:] == [{"path": str(path)}]
        path.chmod(0o600 if path is key else 0o700)


def test_every_finding_has_its_sentences() -> None:
    sentences = load_sentences(ROOT / "schemas", "doctor")
    worst = replace(
        WELL, worker_age=None, reminder_lag=1e6, numbers_missing=3, phones_with_gaps=1,
        held_age=1e6, quarantined=1, audit_age=1e6, backup_age=1e6, disk_free=0,
        transaction_age=1e6,
    )  # fmt: skip
    for one in of_measures(worst):
        for text in sentences[one.code].values():
            assert "{" not in fill(text, one.values)
            assert not one.values or str(next(iter(one.values.values()))) in fill(text, one.values)
    assert all(set(texts) == {"zh-CN", "en"} for texts in sentences.values())


@pytest.mark.parametrize(
    ("today", "unknown"),
    [
        (date(2026, 6, 1), None),
        (date(2026, 12, 10), None),  # the 31st is still 2026
        (date(2026, 12, 11), 2027),
        (date(2027, 2, 1), 2027),
    ],
)
def test_a_year_without_its_holidays_is_told_three_weeks_before(
    today: date, unknown: int | None
) -> None:
    found = of_calendar(Holidays((), frozenset({2026})), today)
    assert [one.values["year"] for one in found] == ([] if unknown is None else [unknown])
