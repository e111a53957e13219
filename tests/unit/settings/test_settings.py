"""What an installation decides, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.settings import Settings, SettingsError


def settings(tmp_path: Path, **env: str) -> Settings:
    return Settings.from_environment({"SUIFANG_VAR": str(tmp_path / "var"), **env}, tmp_path)


def test_nothing_set_is_a_working_installation(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/var/suifang.sqlite3"
    assert (found.port, found.development, found.proxy_hops) == (8000, False, 0)
    assert found.product_name == {"zh-CN": "随访", "en": "Suifang"}
    assert found.pwa == tmp_path / "pwa" / "dist"
    assert found.push_test is None


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgres://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgresql+psycopg://u@db/x", "postgresql+psycopg://u@db/x"),
        ("sqlite:////data/x.sqlite3", "sqlite:////data/x.sqlite3"),
    ],
)
def test_database_urls(tmp_path: Path, url: str, found: str) -> None:
    assert settings(tmp_path, DATABASE_URL=url).database_url == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "eight"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://x"),
        ("SUIFANG_DEVELOPMENT", "yes"),
        ("SUIFANG_PROXY_HOPS", "-1"),
        ("SUIFANG_WEB_THREADS", "1000"),
        ("SUIFANG_PUSH_TEST", "http://169.254.169.254"),
        ("SUIFANG_PUSH_TEST", "https://127.0.0.1:1"),
        ("SUIFANG_PUSH_TEST", "http://127.0.0.1:1/path"),
        ("SUIFANG_SMS_URL", "ftp://gateway.example/"),
        ("SUIFANG_SMS_TEMPLATES", "family.soon"),
        ("SUIFANG_SMS_FEN", "-1"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(tmp_path, **{name: value})


def test_folders_may_be_relative_to_the_project(tmp_path: Path) -> None:
    found = settings(tmp_path, SUIFANG_PWA="built", SUIFANG_PUSH_HOSTS="push.cn, .x.org,")
    assert found.pwa == tmp_path / "built"
    assert found.push_hosts[-2:] == ("push.cn", ".x.org")


def test_nobody_else_of_the_machine_may_look_into_the_data(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)  # as the bootstrap leaves it
    found = Settings.from_environment({}, tmp_path)
    assert found.var.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_the_operator_made_keeps_its_rights(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    theirs.chmod(0o750)
    assert settings(tmp_path, SUIFANG_VAR=str(theirs)).var.stat().st_mode & 0o777 == 0o750


def test_secrets_never_show_in_a_log_line(tmp_path: Path) -> None:
    found = settings(tmp_path)
    shown = repr(found)
    for path in (tmp_path / "var" / "secrets").glob("*-*"):
        assert path.read_text().strip() not in shown
    assert "Secrets(...)" in shown
