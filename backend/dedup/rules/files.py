"""Registrations out of a file: which column is what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from backend.dedup.model import Registration

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("record_id", "rec_id", "id"),
    "name": ("name", "姓名"),
    "given_name": ("given_name",),
    "surname": ("surname",),
    "sex": ("sex", "性别"),
    "birth_date": ("birth_date", "date_of_birth", "出生日期"),
    "id_no": ("id_number", "id_no", "soc_sec_id", "身份证号"),
    "phone": ("phone", "phone_number", "联系电话", "电话"),
    "address": ("address", "address_1", "地址"),
    "door": ("street_number",),
    "place_name": ("address_2",),
    "suburb": ("suburb",),
    "village_code": ("village_code", "postcode", "村"),
    "household": ("household_id", "户编号"),
    "lng": ("lon", "lng"),
    "lat": ("lat",),
}
"""What is compared, and under which headings it is looked for."""

_SEXES = {"1": "1", "2": "2", "男": "1", "女": "2", "m": "1", "f": "2", "male": "1", "female": "2"}


def columns_of(headings: list[str], told: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which heading holds what.

    :param told: what -> heading, over what would be found
    :raises KeyError: a heading that was told is not there, or there is no id
    """
    by_name = {heading.strip().lower(): heading for heading in headings}
    found = {
        what: by_name[name]
        for what, names in COLUMNS.items()
        for name in names[::-1]
        if name in by_name
    }
    for what, heading in (told or {}).items():
        if what not in COLUMNS or heading not in headings:
            raise KeyError(f"{what}={heading}")
        found[what] = heading
    if "id" not in found:
        raise KeyError("id")
    return found


def registration(row: Mapping[str, str | None], columns: Mapping[str, str]) -> Registration:
    """A row as a registration; what cannot be read is missing."""

    def cell(what: str) -> str:
        return (row[columns[what]] or "").strip() if what in columns else ""

    name = cell("name") or f"{cell('given_name')} {cell('surname')}".strip()
    lng, lat = cell("lng"), cell("lat")
    return Registration(
        id=cell("id"),
        name=name,
        sex=_SEXES.get(cell("sex").lower(), ""),
        birth_date=_day(cell("birth_date")),
        id_no=cell("id_no"),
        phone=cell("phone"),
        address=" ".join(map(cell, ("door", "address", "place_name", "suburb"))).strip(),
        village_code=cell("village_code"),
        household=cell("household"),
        place=(float(lng), float(lat)) if lng and lat else None,
    )


def _day(text: str) -> date | None:
    digits = text.replace("-", "").replace("/", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
