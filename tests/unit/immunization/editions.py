"""The edition of ``schemas/immunization``, for tests."""

from __future__ import annotations

from backend.forms import folder
from backend.immunization.rules import read_edition
from tests.builders.forms import SCHEMAS

BODY = next(d.body for d in folder.rule_drafts(SCHEMAS) if d.kind == "immunization")
EDITION = read_edition(BODY)
