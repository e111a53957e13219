"""S56, fault 41: yesterday's backup is restored, and phones give back what came after it.

The drill runs from each database into each: what was saved on SQLite is restored on PostgreSQL.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import jobs, tables
from backend.app import create_app
from backend.audit import service as audit
from backend.feed import service as feed
from backend.house import House
from backend.kernel.ids import new_id
from backend.kernel.sealing import SealKey
from backend.operations import backup
from backend.operations.sealed_file import Damaged
from tests.builders.accounts import Page
from tests.builders.feed import feed_settled
from tests.builders.pictures import Sealed, jpeg
from tests.builders.settings import make_settings
from tests.builders.visits import answers, pressure
from tests.databases import Cluster
from tests.journeys.conftest import Village

KEY = SealKey.from_seed("backup", b"a recovery key, 32 bytes of it!!")


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, clock: Any) -> Iterator[APIFlask]:
    """A new installation, migrated and without a row."""
    name = f"restored_{new_id()[:13].replace('-', '')}"
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'restored.sqlite3'}"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.create(name)
        url = cluster.url(name)
    var = tmp_path / "restored"
    var.mkdir()
    app = create_app(make_settings(var, url), clock)
    app.testing = True
    with app.app_context():
        upgrade()
    yield app
    app.extensions["suifang"].engine.dispose()
    if request.param == "postgresql":
        request.getfixturevalue("cluster").drop(name)


def rows_of(house: House) -> dict[str, list[Any]]:
    with Session(house.engine) as session:
        return {
            table.name: sorted(
                repr([_told(value) for value in row]) for row in session.execute(select(table))
            )
            for table in tables.metadata.sorted_tables
        }


def _told(value: Any) -> Any:
    """PostgreSQL keeps the members of an object in an order of its own."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def a_day(village: Village) -> list[dict[str, Any]]:
    """What was done before the backup: visits, one with a photo, and a sealed audit."""
    photo = Sealed(village.outbox.phone, village.house.seal_key, jpeg())
    sent = [
        village.outbox.finalise("htn_followup", ("resident", village.patient), pressure(150, 92)),
        village.outbox.finalise(
            "household_visit", ("household", village.home), answers("household_visit"),
            attachments=[photo.named],
        ),
    ]  # fmt: skip
    assert [one["status"] for one in village.send(*sent)] == ["stored", "stored"]
    assert photo.put(village.doctor, village.clock).status_code == 200
    jobs.seal_audit(village.house, village.clock())
    return sent


def saved(village: Village) -> bytes:
    file = io.BytesIO()
    backup.make(village.house, tables.metadata, file, KEY.public)
    return file.getvalue()


def test_fault_41_phones_give_back_what_yesterdays_backup_lacks(
    village: Village, elsewhere: APIFlask
) -> None:
    before = a_day(village)
    cursor = village.doctor.get("/sync").json["cursor"]
    file, stood = saved(village), rows_of(village.house)
    # Whole words: three bytes alone are found by chance in one sealed file of a hundred.
    assert "王秀英".encode() not in file, "a name in the clear"
    assert b"htn_followup" not in file, "a visit in the clear"

    # The day after: visits that the backup does not know, and then the server is lost.
    village.clock.advance(hours=20)
    after = [
        village.outbox.finalise("htn_followup", ("resident", village.patient), pressure(138, 84))
    ]
    assert village.send(*after)[0]["status"] == "stored"

    house: House = elsewhere.extensions["suifang"]
    contents, secrets = backup.restore(house, tables.metadata, io.BytesIO(file), KEY)
    assert (contents.blobs, contents.rows["submissions"]) == (1, 2)
    assert len(secrets["seal-test1"]) == 43
    now_stands = rows_of(house)
    different = {name for name in stood if stood[name] != now_stands[name]}
    assert different <= {"changes", "server_state", "countings"}
    with house.read() as session:
        whole = audit.verify(session, house.audit_signature)
        assert (whole.broken, whole.linked + whole.unsealed) == ((), len(stood["audit"]))
        assert whole.linked >= 3
        assert feed.epoch(session) != contents.epoch

    # The phone comes: its place in the feed is of another life, and it starts over.
    phone = Page(elsewhere, village.doctor.account, village.outbox.phone)
    feed_settled(house.engine)
    first = phone.get(f"/sync?cursor={cursor}").json
    assert first["reset"] is True
    told = {c["id"] for c in first["changes"] if c["kind"] == "submission"}
    assert told == {one["id"] for one in before}
    sent = [*before, *after]
    known = phone.post("/submissions/known", {"ids": [one["id"] for one in sent]}).json
    assert sorted(known["known"]) == sorted(one["id"] for one in before)
    missing = [one for one in sent if one["id"] not in known["known"]]
    receipts = phone.post("/submissions", {"envelopes": missing}).json["receipts"]
    assert [one["status"] for one in receipts] == ["stored"]
    receipts = phone.post("/submissions", {"envelopes": sent}).json["receipts"]
    assert [one["status"] for one in receipts] == ["replayed"] * 3
    assert len(rows_of(house)["submissions"]) == 3
    assert jobs.refresh_figures(house, village.clock()) >= 0
    feed_settled(house.engine)
    again = phone.get(f"/sync?cursor={first['cursor']}").json
    assert {c["id"] for c in again["changes"] if c["kind"] == "submission"} >= {after[0]["id"]}


def test_sec_s56_a_backup_goes_into_a_new_database_alone(village: Village) -> None:
    a_day(village)
    stood = rows_of(village.house)
    with pytest.raises(backup.NotEmpty):
        backup.restore(village.house, tables.metadata, io.BytesIO(saved(village)), KEY)
    assert rows_of(village.house) == stood


@pytest.mark.sqlite_only(reason="about the file, not about the database")
def test_sec_s56_a_torn_or_changed_backup_restores_nothing(
    village: Village, elsewhere: APIFlask
) -> None:
    if elsewhere.extensions["suifang"].engine.dialect.name != "sqlite":
        pytest.skip("about the file, not about the database")
    a_day(village)
    whole = saved(village)
    house: House = elsewhere.extensions["suifang"]
    empty = rows_of(house)
    places = [0, 16, 17, 60, 129, 131, 140, len(whole) // 2, len(whole) - 1]
    broken = [whole[:at] for at in places] + [
        whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places
    ]
    for file in [*broken, whole + b"\0", whole + whole]:
        with pytest.raises(Damaged):
            backup.restore(house, tables.metadata, io.BytesIO(file), KEY)
    other = SealKey.from_seed("backup", b"another recovery key, 32 bytes..")
    with pytest.raises(Damaged, match="another recovery key"):
        backup.look(io.BytesIO(whole), other)
    assert rows_of(house) == empty
    assert backup.look(io.BytesIO(whole), KEY).rows["submissions"] == 2


@pytest.mark.sqlite_only(reason="the command makes its own database")
def test_sec_s56_the_commands_of_a_drill(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = village.app.test_cli_runner()
    file, key_file = tmp_path / "tonight.backup", tmp_path / "key"
    assert runner.invoke(args=["backup", "make", str(file)]).exit_code == 1  # no key yet
    shown = runner.invoke(args=["backup", "key"])
    key_file.write_text(shown.output.strip().splitlines()[-1])
    assert runner.invoke(args=["backup", "key"]).exit_code == 1, "a second key would orphan files"
    a_day(village)
    made = runner.invoke(args=["backup", "make", str(file)])
    assert made.exit_code == 0, made.output
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    checked = runner.invoke(args=["backup", "check", str(file), "--key-file", str(key_file)])
    assert (checked.exit_code, "pictures: 1" in checked.output) == (0, True), checked.output

    var = tmp_path / "fresh"
    (var / "secrets").mkdir(parents=True)
    (var / "secrets" / "jwt").write_text("the fresh one")
    fresh = create_app(make_settings(var, f"sqlite:///{var / 'db.sqlite3'}"), village.clock)
    restored = fresh.test_cli_runner().invoke(
        args=["backup", "restore", str(file), "--key-file", str(key_file)]
    )
    assert restored.exit_code == 0, restored.output
    kept = {path.name for path in (var / "secrets").iterdir() if path.is_file()}
    assert {"jwt", "refresh", "search", "seal-test1", "vapid", "vault-1", "sms"} <= kept
    (aside,) = (var / "secrets").glob("before-*/jwt")
    assert aside.read_text() == "the fresh one"
    again = fresh.test_cli_runner().invoke(
        args=["backup", "restore", str(file), "--key-file", str(key_file)]
    )
    assert (again.exit_code, "not empty" in again.output) == (1, True)
    fresh.extensions["suifang"].engine.dispose()
