"""A database as it was before anything was published."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.forms.tables import FormVersionRow, RuleVersionRow
from backend.kernel.db import begin_write


def unpublish_everything(write_session: Session) -> None:
    """Take away what setting up has published; the session goes on writing."""
    write_session.execute(delete(FormVersionRow))
    write_session.execute(delete(RuleVersionRow))
    write_session.commit()
    begin_write(write_session)
