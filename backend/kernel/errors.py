"""The one way to say no: a code from the catalogue ``schemas/i18n/*.json`` under ``problem``."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Something asked for cannot be done, for a reason a person can be told.

    :param code: key under ``problem`` in ``schemas/i18n``; stable, part of the API
    :param details: values named in the sentence, safe to show to the one who asked
    """

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
