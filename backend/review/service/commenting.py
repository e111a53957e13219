"""Use cases on comments: the doctor explains, the township asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.kernel.ids import new_id
from backend.review.model import Comment
from backend.review.store import flags as store
from backend.submissions.model import Submission

comments_of = store.comments_of
comments_on_worker = store.comments_on_worker


def on_submission(
    session: Session, about: Submission, kind: str | None, text: str, author_id: str, now: datetime
) -> Comment:
    """Say something about a submission; its doctor's phone learns of it."""
    said = Comment(new_id(), about.id, None, kind, text.strip(), author_id, now)
    store.add_comment(session, said)
    feed.changed(session, [("submission", about.id, about.village_code)])
    return said


def on_worker(
    session: Session, worker_id: str, kind: str | None, text: str, author_id: str, now: datetime
) -> Comment:
    """Say something about a signal of a worker."""
    said = Comment(new_id(), None, worker_id, kind, text.strip(), author_id, now)
    store.add_comment(session, said)
    return said
