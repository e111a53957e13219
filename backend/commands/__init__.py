"""The command line: ``.venv/bin/flask COMMAND``.

A new subject is a module with a click command or group named ``command``, added to the list in
:mod:`backend.app`.
"""

from __future__ import annotations

from typing import cast

from flask import current_app

from backend.house import House


def house() -> House:
    """The house this command works in."""
    return cast(House, current_app.extensions["suifang"])
