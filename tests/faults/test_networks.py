"""Networks that lose, cut, repeat and lie, and clocks that jump: faults 03, 14 and 20 to 30. After
each the history must hold.
"""

from __future__ import annotations

import threading
import time

import orjson
import pytest

from tests.faults.conftest import Field
from tests.faults.proxy import PORTAL, Weather, answer

pytestmark = pytest.mark.browser  # needs the built pages, and one county for all

PORTALS = {
    "a page in the server's place": answer("200 OK", PORTAL, "Content-Type: text/html"),
    "a page that calls itself JSON": answer("200 OK", PORTAL, "Content-Type: application/json"),
    "somebody else's JSON": answer("200 OK", b'{"ok":true}', "Content-Type: application/json"),
    "an empty list of receipts": answer(
        "200 OK",
        b'{"server_time":"2026-11-22T00:00:00.000Z","receipts":[]}',
        "Content-Type: application/json",
    ),
    "sent elsewhere": answer("302 Found", b"", "Location: http://127.0.0.1:9/login"),
    "refused by a proxy": answer("403 Forbidden", PORTAL, "Content-Type: text/html"),
    "no such page": answer("404 Not Found", b"nothing here", "Content-Type: text/plain"),
    "a password for the proxy": answer("407 Proxy Authentication Required", b""),
}
QUICK = ("a page in the server's place", "an empty list of receipts")
BROKEN = {
    "gzip that is none": answer(
        "200 OK", b"not gzip at all", "Content-Type: application/json", "Content-Encoding: gzip"
    ),
    "longer than it says": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{}"
    ),
    "no HTTP": b"SSH-2.0-OpenSSH_9.0\r\n",
}


HOUR_MS = 3_600_000
CLOCKS = {"1970": -498_000, "1980": -410_000, "a day ahead": 24, "ten years ahead": 87_600}


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n == "1970" else pytest.mark.faults) for n in CLOCKS],
)
def test_fault_14_a_clock_that_is_wrong(at: Field, name: str) -> None:
    hours = CLOCKS[name]
    at.phone.do("clock", hours * HOUR_MS)
    try:
        saved = at.visit()
        at.settle()
        assert at.line(saved).status in ("stored", "replayed")
        assert abs(at.phone.state()["skew_ms"] - hours * HOUR_MS) < 60_000, "the doctor is warned"
    finally:
        at.phone.do("clock", 0)
    assert at.round() is True


def test_fault_03_killed_between_the_answer_and_its_writing_down(at: Field) -> None:
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("live")
    at.network.clear()
    at.phone.do("die", "after")
    assert at.phone.do("send") == "killed"
    at.phone.restart()
    at.settle()
    assert at.line(saved).status == "replayed"


def test_fault_20_an_answer_lost_after_the_commit(at: Field) -> None:
    at.network.rain(swallow=True)
    saved = at.visit()
    at.phone.do("send")
    assert at.phone.waiting() == [saved]
    at.network.clear()
    at.phone.do("send")
    line = at.line(saved)
    assert (line.state, line.status) == ("sent", "replayed")
    at.settle()


def sent_at_last(at: Field, way: str, step: int) -> int:
    """Let ever more bytes through until the record is sent; how many it took."""
    for cut in range(1, 20_000, step):
        at.network.rain(**{way: cut})
        at.phone.do("send")
        at.check()
        if not at.phone.waiting():
            return cut
    raise AssertionError("it was never sent")


def test_fault_21_and_22_cut_after_any_number_of_bytes_either_way(at: Field) -> None:
    at.network.rain(cut_up=0)
    saved = at.visit()
    assert sent_at_last(at, "cut_up", 397) > 1000, "all of a request, or nothing"
    at.settle()
    assert at.line(saved).status in ("stored", "replayed")
    at.network.rain(cut_up=0)
    saved = at.visit()
    assert sent_at_last(at, "cut_down", 211) > 400, "all of an answer, or none"
    at.settle()
    assert at.line(saved).status == "replayed"


@pytest.mark.faults
def test_fault_23_twenty_kilobits_and_every_third_connection_lost(at: Field) -> None:
    at.network.rain(cut_up=0)
    for number in range(12):
        at.visit(number)
    slow = Weather(latency_s=0.9, bytes_per_s=2_500)
    for _ in range(12):
        at.network.showers([slow, slow, Weather(cut_up=900), slow, slow, Weather(cut_down=90)])
        at.phone.do("send")
        if not at.phone.waiting():
            break
    assert at.phone.waiting() == []
    at.settle()


@pytest.mark.faults
def test_fault_24_connected_to_somebody_silent(at: Field) -> None:
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("send")  # whatever was under way has ended
    at.network.rain(silent=True)
    began = time.monotonic()
    at.phone.do("send")
    assert 20 <= time.monotonic() - began < 30
    assert at.phone.waiting() == [saved]
    assert at.phone.state()["problem"] == "network"
    at.settle()


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.faults) for n in PORTALS]
)
def test_fault_25_a_captive_portal(at: Field, name: str) -> None:
    at.network.rain(instead=PORTALS[name])
    saved = at.visit()
    at.phone.do("send")
    assert at.round() is False
    assert at.phone.waiting() == [saved]
    assert at.phone.state()["problem"] == "network"
    assert at.line(saved).trouble is None, "the record is not to blame"
    at.settle()


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n == "no HTTP" else pytest.mark.faults) for n in BROKEN],
)
def test_fault_26_answers_that_are_broken(at: Field, name: str) -> None:
    at.network.rain(garble=BROKEN[name])
    saved = at.visit()
    at.phone.do("send")
    assert at.phone.waiting() == [saved]
    at.settle()
    assert at.line(saved).status == "replayed"


def test_fault_27_the_same_record_twenty_times_at_once(at: Field) -> None:
    at.network.rain(twice=True)
    at.visit()
    at.phone.do("send")
    time.sleep(1.2)
    posted = b"POST /api/v1/submissions"
    (request,) = [one for one in at.network.heard if one.startswith(posted)]
    answers: list[bytes] = []

    def again() -> None:
        answers.append(at.network.repeat(request))

    crowd = [threading.Thread(target=again) for _ in range(20)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    bodies = [orjson.loads(text.partition(b"\r\n\r\n")[2]) for text in answers]
    assert {body["receipts"][0]["status"] for body in bodies} == {"replayed"}
    at.settle()


def test_fault_29_no_such_name_and_a_wrong_certificate(at: Field) -> None:
    at.network.rain(cut_up=0)
    saved = at.visit()
    port = at.county.origin.rpartition(":")[2]
    for elsewhere in ("http://nobody.invalid", f"https://127.0.0.1:{port}"):
        at.phone.do("connect", elsewhere)
        at.phone.do("send")
        assert at.phone.waiting() == [saved]
    at.phone.do("connect", at.network.origin)
    at.settle()


@pytest.mark.parametrize(
    "status",
    [
        "503 Service Unavailable",
        pytest.param("429 Too Many Requests", marks=pytest.mark.faults),
    ],
)
def test_fault_30_a_busy_server_is_left_alone_as_long_as_it_says(at: Field, status: str) -> None:
    problem = {
        "type": "urn:suifang:problem:busy",
        "title": {"zh-CN": "忙", "en": "busy"},
        "status": int(status[:3]),
        "code": "busy",
        "details": {},
        "request_id": "1",
    }
    kind = "Content-Type: application/problem+json"
    at.network.rain(instead=answer(status, orjson.dumps(problem), kind, "Retry-After: 60"))
    saved = at.visit()
    at.phone.do("send")
    before = at.network.seen
    time.sleep(2.5)
    assert at.network.seen == before, "it came back before it was told to"
    assert at.phone.waiting() == [saved]
    assert at.phone.state()["problem"] == "busy"
    at.settle()
