"""S23: the service worker stands at the root, is asked for anew each time, and can be withdrawn
from every phone without touching what phones have recorded.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from backend.app import create_app
from tests.builders.accounts import browser
from tests.builders.settings import make_settings
from tests.databases import Database

WORKER = "// the worker of the build\n"


@pytest.fixture
def installation(tmp_path: Path, database: Database) -> APIFlask:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html>")
    (pages / "sw.js").write_text(WORKER)
    return create_app(make_settings(tmp_path, database.url, pwa=pages))


@pytest.fixture
def phone(installation: APIFlask) -> FlaskClient:
    return browser(installation)


@pytest.mark.sqlite_only(reason="no row of the database takes part")
def test_sec_s23_the_worker_is_withdrawn_and_comes_back(
    installation: APIFlask, phone: FlaskClient
) -> None:
    def asked() -> str:
        answer = phone.get("/sw.js")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.mimetype == "text/javascript"
        return answer.text

    run = installation.test_cli_runner().invoke
    assert asked() == WORKER
    assert run(args=["pages", "withdraw"]).exit_code == 0
    withdrawn = asked()
    assert "unregister" in withdrawn
    assert "caches.delete" in withdrawn
    assert "indexedDB" not in withdrawn
    assert run(args=["pages", "withdraw"]).exit_code == 0, "twice is once"
    assert run(args=["pages", "keep"]).exit_code == 0
    assert asked() == WORKER
    installation.extensions["suifang"].engine.dispose()
