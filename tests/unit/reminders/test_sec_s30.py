"""Only the sender process may open outside connections (S30)."""

from __future__ import annotations

import ast
import subprocess
import sys

from tests.builders.settings import ROOT

OUTSIDE = (
    "aiohttp",
    "backend.reminders.channels",
    "backend.webhooks.sender",
    "pywebpush",
    "requests",
    "urllib3",
)


def test_sec_s30_the_web_process_cannot_send() -> None:
    """What is not loaded cannot be talked into connecting."""
    script = "import sys, backend.app; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    loaded = ast.literal_eval(done.stdout.decode())
    assert [name for name in loaded if name.startswith(OUTSIDE)] == []


def test_sec_s30_only_the_worker_asks_for_the_channels() -> None:
    def asking(for_: str) -> set[str]:
        return {
            str(path.relative_to(ROOT))
            for path in (ROOT / "backend").rglob("*.py")
            if for_ in path.read_text() and "reminders/channels/" not in str(path)
        }

    assert asking("reminders.channels") == {"backend/worker.py", "backend/webhooks/sender.py"}
    assert asking("webhooks.sender") == {"backend/worker.py"}
