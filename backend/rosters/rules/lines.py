"""Reading the rows of a roster as residents and households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.dedup.rules.homes import read_address
from backend.geo.model import Area
from backend.kernel.identity_numbers import (
    id_no_birth,
    id_no_sex,
    id_no_valid,
    normalise_id_no,
    normalise_phone,
    phone_valid,
)
from backend.kernel.ids import derived_id
from backend.residents.model import Household, Resident
from backend.residents.rules import clean_name
from backend.rosters.model import Doubt, Line, Table
from backend.rosters.rules.cells import is_rounded, read_day, read_sex

_IDENTITY_CARD = "01"


@dataclass(frozen=True)
class Reading:
    """What rows are read by.

    :param roster_id: ids of what the roster brings are derived from it, so that taking it twice
        brings nothing twice
    :param columns: what -> heading
    :param village_code: of rows that name no village
    :param villages: those of the caller's areas
    :param relations: GB/T 4761 by label
    """

    roster_id: str
    columns: Mapping[str, str]
    village_code: str | None
    villages: Sequence[Area]
    relations: Mapping[str, str]
    today: date


def read_lines(table: Table, reading: Reading) -> list[Line]:
    """Every row of the file, those that cannot be taken with the reason."""
    by_name: dict[str, set[str]] = {}
    for area in reading.villages:
        for name in (area.code, area.name, area.name.removesuffix("村"), area.name + "民委员会"):
            by_name.setdefault(name, set()).add(area.code)
    return [_line(number, cells, reading, by_name) for number, cells in table.rows]


def _line(
    number: int, cells: Mapping[str, str], reading: Reading, villages: Mapping[str, set[str]]
) -> Line:
    def cell(what: str) -> str:
        return cells.get(reading.columns.get(what, ""), "").strip()

    name, typed_no = clean_name(cell("name")), cell("id_no").lstrip("'’")
    doubts = [] if name else [Doubt("name_missing", "name", stops=True)]
    id_no = "" if is_rounded(typed_no) else normalise_id_no(typed_no)
    village = _village(cell("village"), reading, villages, doubts)
    sex = _sex(cell("sex"), id_no, doubts)
    birth = _birth(cell("birth_date"), id_no, reading.today, doubts)
    relation = _relation(cell("relation"), reading.relations, doubts)
    doubts += _number_doubts(typed_no, id_no) + [
        Doubt("phone_wrong", what)
        for what in ("phone", "contact_phone")
        if cell(what) and not phone_valid(cell(what))
    ]
    if any(doubt.stops for doubt in doubts) or birth is None:
        return Line(number, name, tuple(doubts), sex, birth)
    home = _household(reading.roster_id, village, cell("household_no"), cell("address"))
    if home is not None:
        home = replace(
            home, group_name=cell("group_name") or None, head_name=clean_name(cell("head_name"))
        )
    resident = Resident(
        id=derived_id(reading.roster_id, "resident", str(number)),
        village_code=village,
        name=name,
        sex=sex,
        birth_date=birth,
        household_id=None if home is None else home.id,
        relation_to_head=relation,
        id_type=_IDENTITY_CARD if id_no and id_no_valid(id_no) else None,
        id_no=id_no or None,
        phone=normalise_phone(cell("phone")) or None,
        contact_name=cell("contact_name") or None,
        contact_phone=normalise_phone(cell("contact_phone")) or None,
    )
    return Line(number, name, tuple(doubts), sex, birth, resident, home)


def _village(
    told: str, reading: Reading, villages: Mapping[str, set[str]], doubts: list[Doubt]
) -> str:
    if not told:
        if reading.village_code is None:
            doubts.append(Doubt("village_missing", "village", stops=True))
        return reading.village_code or ""
    found = villages.get(told) or villages.get(told.removesuffix("村")) or set()
    if reading.village_code in found or len(found) == 1:
        return reading.village_code if reading.village_code in found else min(found)
    code = "village_ambiguous" if found else "village_unknown"
    doubts.append(Doubt(code, "village", stops=True))
    return ""


def _sex(told: str, id_no: str, doubts: list[Doubt]) -> str:
    sex, in_number = read_sex(told), id_no_sex(id_no) or ""
    if not sex and not in_number:
        doubts.append(Doubt("sex_unreadable" if told else "sex_missing", "sex", stops=True))
    if sex and in_number and sex != in_number:
        doubts.append(Doubt("sex_differs", "sex"))
    return sex or in_number


def _birth(told: str, id_no: str, today: date, doubts: list[Doubt]) -> date | None:
    birth, in_number = read_day(told) if told else None, id_no_birth(id_no)
    if told and birth is None:
        doubts.append(Doubt("birth_unreadable", "birth_date", stops=True))
    elif birth is None and in_number is None:
        doubts.append(Doubt("birth_missing", "birth_date", stops=True))
    elif (birth or in_number or today) > today:
        doubts.append(Doubt("birth_to_come", "birth_date", stops=True))
    elif birth is not None and in_number is not None and birth != in_number:
        doubts.append(Doubt("birth_differs", "birth_date"))
    return birth or in_number


def _number_doubts(typed: str, id_no: str) -> list[Doubt]:
    if is_rounded(typed):
        return [Doubt("id_no_rounded", "id_no", stops=True)]
    return [Doubt("id_no_wrong", "id_no")] if id_no and not id_no_valid(id_no) else []


def _relation(told: str, relations: Mapping[str, str], doubts: list[Doubt]) -> str | None:
    if not told:
        return None
    found = told if told in relations.values() else relations.get(told)
    if found is None:
        doubts.append(Doubt("relation_unknown", "relation"))
    return found


def _household(roster_id: str, village: str, no: str, address: str) -> Household | None:
    """The household of a row: rows of one number are one, without a number those of one door."""
    _, door = read_address(address)
    if not no and door is None:
        return None
    id_ = derived_id(roster_id, "household", village, no or address.replace(" ", ""))
    return Household(id_, village, no, address, "")


def at_home(lines: Sequence[Line], known: Sequence[Household]) -> list[Line]:
    """The rows with the registered households that they name, by number or by group and door, and
    the new ones as all of their rows together tell them.
    """
    by_no = {(one.village_code, one.no): one for one in known if one.no}
    by_door = {key: one for one in known if (key := _door(one)) is not None}
    told: dict[str, Household] = {}
    found = []
    for line in lines:
        home = line.household
        if home is None or line.resident is None:
            found.append(line)
            continue
        registered = by_no.get((home.village_code, home.no)) if home.no else None
        registered = registered or by_door.get(_door(home) or ("", 0, 0))
        if registered is None:
            earlier = told.get(home.id, home)
            head = earlier.head_name or home.head_name or _head(line)
            home = replace(earlier, head_name=head, address=earlier.address or home.address)
            told[home.id] = home
        else:
            home = registered
        found.append(
            replace(line, household=home, resident=replace(line.resident, household_id=home.id))
        )
    return [
        replace(line, household=told[line.household.id])
        if line.household is not None and line.household.id in told
        else line
        for line in found
    ]


def _head(line: Line) -> str:
    is_head = line.resident is not None and line.resident.relation_to_head == "02"
    return line.name if is_head else ""


def _door(home: Household) -> tuple[str, int, int] | None:
    group, door = read_address(f"{home.group_name or ''} {home.address}")
    return None if group is None or door is None else (home.village_code, group, door)
