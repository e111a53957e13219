"""A doctor's phone as a process: the phone's own code in Node, killed and cut off as tests like."""

from __future__ import annotations

import json
import selectors
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from backend.kernel.clock import local_date
from tests.benchmarks.visits import answers_for
from tests.builders.accounts import PASSWORD
from tests.builders.phone import PWA, node, node_program

PIN = "258036"
PATIENCE_S = 90.0


class PhoneError(Exception):
    """The phone's code threw; the text says what."""


@dataclass
class Line:
    """One record in the outbox, as the phone knows it."""

    id: str
    seq: int
    sha256: str
    state: str
    tries: int
    trouble: str | None
    readable: bool
    status: str | None
    reason: str | None


class NodePhone:
    """A phone.

    :param folder: where its code lies, see ``bundled_phone``
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self._process = subprocess.Popen(
            [node_program(), folder / "main.mjs", (folder / "app.mjs").as_uri()],
            cwd=PWA,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.do("connect", origin)

    def do(self, *words: object) -> Any:
        """Give a command and wait for its end. ``"killed"`` when the app died under it.

        :raises PhoneError: the app threw
        """
        self.begin(*words)
        return self.answer()

    def begin(self, *words: object) -> None:
        """Give a command and go on."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """Wait for the end of the command that was begun."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            assert selector.select(PATIENCE_S), "the phone does not answer"
        line = self._process.stdout.readline()
        assert line, "the phone's process has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise PhoneError(answer["error"])
        return answer["ok"]

    def set_up(self, login: str, one_time: str) -> None:
        """Sign in for the first time, enrol, choose a PIN and download."""
        self.do("live")
        self.do("enter", login, one_time, PASSWORD)
        self.wait_for("choose_pin")
        self.do("pin", PIN)
        self.wait_for("open")

    def wait_for(self, stage: str) -> dict[str, Any]:
        """Wait until the app stands there.

        :raises AssertionError: it does not get there
        """
        for _ in range(200):
            state = self.state()
            if state["stage"] == stage:
                return state
            self.do("rest", 50)
        raise AssertionError(f"not {stage}: {state}")

    def restart(self) -> None:
        """Start the app anew, whatever it was doing, and open it with the PIN."""
        self.do("live")
        self.do("pin", PIN)

    def state(self) -> dict[str, Any]:
        """What the app shows and keeps."""
        found: dict[str, Any] = self.do("state")
        return found

    def lines(self) -> list[Line]:
        """The outbox, by number."""
        rows: Sequence[Mapping[str, Any]] = self.state()["lines"]
        return sorted((Line(**row) for row in rows), key=lambda line: line.seq)

    def waiting(self) -> list[str]:
        """Ids of what is not sent."""
        return [line.id for line in self.lines() if line.state == "waiting"]

    def visit(self, number: int = 0) -> str:
        """Make a visit to somebody of the phone and finish it; the envelope's id, or 'killed'."""
        people = sorted(self.do("residents"), key=lambda person: str(person["id"]))
        grown = [one for one in people if one["birth_date"] < "1985"]
        now = datetime.now(UTC)
        chance = Random(number)  # noqa: S311
        form, subject, answers = answers_for(grown[number % len(grown)], now, chance)
        dated = {**answers, "visit_date": local_date(now).isoformat()}
        made: str = self.do("visit", form, subject, dated)
        return made

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait(timeout=10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def bundled_phone(folder: Path) -> Path:
    """The phone's code as files that Node runs."""
    node(PWA / "dev/phone/bundle.mjs", folder)
    return folder
