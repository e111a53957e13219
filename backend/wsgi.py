"""gunicorn's door: ``gunicorn backend.wsgi:app``."""

import logging
import os
import sys
from pathlib import Path

from backend.app import create_app
from backend.settings import Settings


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            defaults={"request_id": ""},
        )
    )
    own = logging.getLogger("suifang")
    own.addHandler(handler)
    own.setLevel(logging.INFO)


_log_to_stderr()
app = create_app(Settings.from_environment(os.environ, Path(__file__).parents[1]))
