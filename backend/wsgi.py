"""gunicorn's door: ``gunicorn backend.wsgi:app``."""

import os
from pathlib import Path

from backend.app import create_app
from backend.settings import Settings

app = create_app(Settings.from_environment(os.environ, Path(__file__).parents[1]))
