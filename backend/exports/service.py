"""Use cases of exports: the rows of a form's tables, read as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.exports.model import MAIN, Mark, Row, Table, Wanted
from backend.exports.rules.columns import HEAD, tables_of
from backend.forms import service as forms
from backend.forms.model import FormBundle
from backend.geo import service as geo
from backend.kernel.vault import Vault
from backend.residents import service as residents
from backend.submissions.store import exported
from backend.submissions.store.exported import ExportedLine


@dataclass(frozen=True)
class Exporting:
    """A form's tables, ready to be read."""

    wanted: Wanted
    tables: tuple[Table, ...]
    codes: tuple[tuple[str, str, str], ...]

    def table(self, name: str) -> Table | None:
        """A table by name."""
        return next((table for table in self.tables if table.name == name), None)


def prepare(session: Session, wanted: Wanted) -> Exporting | None:
    """The tables of a form, with its codes in words; nothing when it was never published."""
    published = forms.published(session).forms
    versions = sorted(version for key, version in published if key == wanted.form_key)
    bundles: list[FormBundle] = []
    for version in versions:
        found = forms.bundle(session, wanted.form_key, version)
        if found is not None:
            bundles.append(found)
    if not bundles:
        return None
    tables = tuple(tables_of(bundles, names=wanted.names))
    named = {column.codes for table in tables for column in table.columns if column.codes}
    codes = {
        (name, code): label["zh-CN"]
        for bundle in bundles
        for name in sorted(named & set(bundle.codes))
        for code, label in bundle.codes[name].labels.items()
    }
    return Exporting(
        wanted, tables, tuple((name, code, told) for (name, code), told in codes.items())
    )


def rows(
    session: Session, vault: Vault, what: Exporting, table: Table, mark: Mark
) -> Iterator[Row]:
    """The rows of a table, oldest visit first."""
    wanted = what.wanted
    pages = exported.pages(session, wanted.form_key, wanted.areas, wanted.from_on, wanted.to_on)
    if table.name != MAIN:
        yield from _of_repeat(pages, table, mark)
        return
    villages = {area.code: area.name for area in geo.inside(session, wanted.areas)}
    workers: dict[str, str] = {}
    start = len(HEAD) + (3 if wanted.names else 0)
    keys = [column.key for column in table.columns[start:-1]]
    for page in pages:
        missing = {line.worker_id for line in page} - workers.keys()
        if missing:
            workers |= accounts.names(session, missing)
        people = (
            residents.by_ids(session, vault, {line.subject_id for line in page})
            if wanted.names
            else {}
        )
        for line in page:
            row: Row = [
                line.id, line.form_version, line.state, line.visit_date, line.village_code,
                villages.get(line.village_code, ""), workers.get(line.worker_id, ""),
                line.subject_id, line.household_id, line.flag_count, line.received_at,
            ]  # fmt: skip
            if wanted.names:
                person = people.get(line.subject_id)
                row += [person.name, person.sex, person.birth_date] if person else [None] * 3
            row += map(line.answers.get, keys)
            row.append(mark.id)
            yield row


def _of_repeat(pages: Iterator[list[ExportedLine]], table: Table, mark: Mark) -> Iterator[Row]:
    keys = [column.key for column in table.columns[2:-1]]
    for line in chain.from_iterable(pages):
        for number, cells in enumerate(_rows_in(line.answers, table.name), 1):
            yield [line.id, number, *map(cells.get, keys), mark.id]


def _rows_in(answers: Mapping[str, Any], repeat: str) -> list[Mapping[str, Any]]:
    found = answers.get(repeat)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
