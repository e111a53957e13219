"""S39: a new key takes over while everything runs; afterwards the old one is of no use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import tables
from backend.house import House, build_house
from backend.operations import rotating
from backend.operations.rotating import locked_columns, rotate
from tests.builders.pictures import Sealed, jpeg
from tests.builders.residents import make_resident
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village

NEW = bytes(range(100, 132))


def with_keys(house: House, *numbers: int) -> House:
    """The same installation after a restart, with these keys."""
    keys = {1: house.settings.secrets.vault[1], 2: NEW}
    held = replace(house.settings.secrets, vault={number: keys[number] for number in numbers})
    return build_house(replace(house.settings, secrets=held), house.engine, house.clock)


def locked(house: House) -> dict[str, list[int]]:
    """Numbers of the keys in use, by column."""
    found: dict[str, list[int]] = {}
    with Session(house.engine) as session:
        for column in locked_columns(tables.metadata):
            values = session.scalars(select(column).where(column.is_not(None))).all()
            if values:
                found[f"{column.table.name}.{column.name}"] = [value[0] for value in values]
    return found


def a_day(village: Village) -> tuple[str, str]:
    with village.house.write() as session:
        person = make_resident(
            village.house, session, phone="13800001111", id_no="11010519491231002X"
        )
    photo = Sealed(village.outbox.phone, village.house.seal_key, jpeg())
    visit = village.outbox.finalise(
        "household_visit", ("household", village.home), answers("household_visit"),
        attachments=[photo.named],
    )  # fmt: skip
    strange = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92), version=99
    )
    assert [one["status"] for one in village.send(visit, strange)] == ["stored", "quarantined"]
    assert photo.put(village.doctor, village.clock).status_code == 200
    return person.id, f"/submissions/{visit['id']}/attachments/{photo.told}"


def test_sec_s39_everything_locked_is_under_the_new_key_and_is_read_with_it_alone(
    village: Village,
) -> None:
    person, picture = a_day(village)
    before = locked(village.house)
    assert {"residents.phone_locked", "quarantine.envelope", "accounts.totp_secret_locked"} <= set(
        before
    )
    assert {number for numbers in before.values() for number in numbers} == {1}
    seen = village.desk.get(picture).data
    both = with_keys(village.house, 1, 2)
    done = rotate(both, tables.metadata)
    assert (done.values, done.pictures) == (sum(map(len, before.values())), 1)
    after = locked(village.house)
    assert {number for numbers in after.values() for number in numbers} == {2}
    assert {name: len(numbers) for name, numbers in after.items()} == {
        name: len(numbers) for name, numbers in before.items()
    }
    assert rotate(both, tables.metadata) == rotating.Rotated(0, 0)

    alone = with_keys(village.house, 2)
    village.app.extensions["suifang"].vault = alone.vault
    assert village.desk.get(f"/residents/{person}").json["phone"].startswith("138")
    assert village.desk.get(picture).data == seen


def test_sec_s39_a_killed_rotation_goes_on_where_it_was(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(village)
    both = with_keys(village.house, 1, 2)
    monkeypatch.setattr(rotating, "AT_ONCE", 1)
    pages = 0
    real = rotating._relock

    def dies(*told: Any) -> int:
        nonlocal pages
        pages += 1
        if pages > 3:
            raise KeyboardInterrupt
        return real(*told)

    monkeypatch.setattr(rotating, "_relock", dies)
    with pytest.raises(KeyboardInterrupt):
        rotate(both, tables.metadata)
    monkeypatch.setattr(rotating, "_relock", real)
    half = [number for numbers in locked(village.house).values() for number in numbers]
    assert half.count(2) == 3
    rotate(both, tables.metadata)
    assert {number for numbers in locked(village.house).values() for number in numbers} == {2}


def test_sec_s39_what_was_written_meanwhile_is_left(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = a_day(village)
    both = with_keys(village.house, 1, 2)
    real = rotating._relock
    row = tables.residents.ResidentRow

    def meanwhile(session: Session, vault: Any, column: Any, page: Any) -> int:
        if column.table.name == "residents" and column.name == "phone_locked":
            changed = session.get(row, person)
            assert changed is not None
            changed.phone_locked = both.vault.lock("13900002222")
            session.flush()
        return real(session, vault, column, page)

    monkeypatch.setattr(rotating, "_relock", meanwhile)
    rotate(both, tables.metadata)
    with Session(village.house.engine) as session:
        kept = session.get(row, person)
        assert kept is not None
        assert both.vault.unlock(kept.phone_locked) == "13900002222"
