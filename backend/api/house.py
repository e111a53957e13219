"""The house of the running application."""

from __future__ import annotations

from typing import cast

from flask import current_app

from backend.house import House
from backend.intake.service import Line

__all__ = ["House", "house", "line"]


def house() -> House:
    """The house this request is served in."""
    return cast(House, current_app.extensions["suifang"])


def line() -> Line:
    """The line that takes envelopes in this process."""
    return cast(Line, current_app.extensions["suifang.line"])
