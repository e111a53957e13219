"""Invented numbers: ids, resident ID numbers, telephones."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from random import Random

PHONE_PREFIXES = ("154", "194")
"""Well-formed mobile numbers (codes.md §8) of two blocks that, as far as is publicly known, no
operator has been given: a message to a sample person reaches nobody."""

COUNTY_CODE, COUNTY_CODE_SINCE = "340828", 1988
FORMER_COUNTY_CODE = "342828"  # 岳西县 while it belonged to the prefecture of Anqing

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECK = "10X98765432"


def made_id(at: datetime, rng: Random) -> str:
    """A UUIDv7 of that instant whose random part comes from the seed."""
    value = int(at.timestamp() * 1000) << 80 | rng.getrandbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=value))


def id_no(birth_date: date, sex: str, rng: Random) -> str:
    """A number with a right check character (GB 11643): real county, invented sequence.

    Who was born before 1988 carries the county's code of that time. By chance a number may be
    somebody's; nothing else about the sample person is.
    """
    county = COUNTY_CODE if birth_date.year >= COUNTY_CODE_SINCE else FORMER_COUNTY_CODE
    sequence = rng.randrange(500) * 2 + (1 if sex == "1" else 0)
    body = f"{county}{birth_date:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + _CHECK[total % 11]


def phone(rng: Random) -> str:
    """A mobile number that nobody has."""
    return rng.choice(PHONE_PREFIXES) + f"{rng.randrange(10**8):08d}"
