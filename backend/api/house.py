"""The house of the running application."""

from __future__ import annotations

from typing import cast

from flask import current_app

from backend.house import House

__all__ = ["House", "house"]


def house() -> House:
    """The house this request is served in."""
    return cast(House, current_app.extensions["suifang"])
