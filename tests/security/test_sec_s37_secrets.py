"""S37: secrets come from outside of the tree, and weak ones are refused."""

from __future__ import annotations

import base64
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from backend.keyring import Secrets, WeakSecret, add_push_key, read_secrets


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_sec_s37_first_run_makes_them_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = read_secrets({}, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [path for path in folder.iterdir() if path.name != ".lock"]
    assert {path.name.split("-")[0] for path in files} == {
        "jwt", "refresh", "search", "seal", "sms", "vapid", "vault",
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert vars(read_secrets({}, folder)) == vars(first)


def _read(folder: str, answers: multiprocessing.Queue[dict[str, object]]) -> None:
    answers.put(vars(read_secrets({}, Path(folder))))


def test_sec_s37_processes_that_start_together_share_one_set(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    answers: multiprocessing.Queue[dict[str, object]] = context.Queue()
    folder = str(tmp_path / "secrets")
    several = [context.Process(target=_read, args=(folder, answers)) for _ in range(6)]
    for process in several:
        process.start()
    found = [answers.get(timeout=30) for _ in several]
    for process in several:
        process.join()
    assert all(each == found[0] for each in found)


def test_sec_s37_the_environment_comes_first(tmp_path: Path) -> None:
    key, older, newer = os.urandom(32), os.urandom(32), os.urandom(32)
    found = read_secrets(
        {
            "SUIFANG_SECRET_JWT": encoded(key),
            "SUIFANG_SECRET_VAULT": f"1:{encoded(older)},2:{encoded(newer)}",
        },
        tmp_path,
    )
    assert found.jwt == key
    assert found.vault == {1: older, 2: newer}
    assert not (tmp_path / "jwt").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "changeme",
        "not base64 at all!",
        encoded(b"x" * 32),
        encoded(bytes(32)),
        encoded(bytes(range(31))),
        encoded(bytes(range(33))),
        encoded(b"change-me-change-me-please-abcde"),
        encoded(b"my very secret key for suifang!!"),
        "EXAMPLEexample0123456789abcdefghijklmnopqrs",
    ],
)
def test_sec_s37_a_weak_one_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(WeakSecret, match="jwt") as refused:
        read_secrets({"SUIFANG_SECRET_JWT": text}, tmp_path)
    assert len(text) < 12 or text not in str(refused.value)


def test_sec_s37_a_weak_file_stops_the_start_too(tmp_path: Path) -> None:
    (tmp_path / "refresh").write_text("secret")
    with pytest.raises(WeakSecret, match="refresh"):
        read_secrets({}, tmp_path)


def test_sec_s37_they_do_not_print(tmp_path: Path) -> None:
    found = read_secrets({}, tmp_path)
    assert repr(found) == str(found) == "Secrets(...)"
    assert isinstance(found, Secrets)


def test_a_new_push_key_is_offered_and_the_old_one_kept(tmp_path: Path) -> None:
    before = read_secrets({}, tmp_path).vapid
    add_push_key(tmp_path, "261123")
    add_push_key(tmp_path, "261123")
    after = read_secrets({}, tmp_path).vapid
    assert set(after) == {"", "261123"}
    assert after[""] == before[""]
    assert max(after) == "261123"
    outside = {
        "SUIFANG_SECRET_VAPID": ",".join([encoded(after[""]), f"261123:{encoded(after['261123'])}"])
    }
    assert read_secrets(outside, tmp_path).vapid == after
