"""The one way to say no: a code from the catalogue ``schemas/i18n/*.json`` under ``problem``."""

from __future__ import annotations

from pathlib import Path
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


def frames_of(error: BaseException) -> str:
    """File, line and function of each of our frames: a traceback without values (S43)."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "backend" in Path(code.co_filename).parts:
            frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " > ".join(frames)
