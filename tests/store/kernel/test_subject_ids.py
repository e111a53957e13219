"""A subject is a UUID or an area's code; both come back as they went in."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Engine, MetaData, Table, insert, select

from backend.kernel.among import among
from backend.kernel.db import SubjectIdType
from backend.kernel.ids import new_id

NUMBERS = Table("subject_ids", MetaData(), Column("id", SubjectIdType, primary_key=True))


@pytest.mark.parametrize(
    "subject", ["990123100201", "000000000000", "01a202f5-f1d2-736f-a2bf-d13c681192c6"]
)
def test_a_subject_comes_back_as_it_went_in(engine: Engine, subject: str) -> None:
    NUMBERS.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(NUMBERS), [{"id": subject}])
        assert connection.scalar(select(NUMBERS.c.id)) == subject
        asked = [subject, new_id()]
        listed = select(NUMBERS.c.id).where(NUMBERS.c.id.in_(asked))
        assert connection.scalars(listed).all() == [subject]
        in_one = select(NUMBERS.c.id).where(among(NUMBERS.c.id, "asked"))
        assert connection.scalars(in_one, {"asked": asked}).all() == [subject]
