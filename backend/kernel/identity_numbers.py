"""Resident identity numbers (GB 11643-1999) and telephone numbers, as people type them.

Source: codes.md §1 and §8. The phone's twin is ``pwa/src/kernel/identity_numbers.ts``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric

_PROVINCE = r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"  # codes.md §2
_ID_NO = re.compile(rf"({_PROVINCE})[0-9]{{15}}[0-9X]")
_OLD_ID_NO = re.compile(r"[1-9][0-9]{14}")
_EARLIEST_BIRTH = date(1800, 1, 1)

_COUNTRY = re.compile(r"^(\+86|0086|86(?=1[3-9]))")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?")
_AREA_CODE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})(?=[0-9]{7,8}(-|$))")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def normalise_id_no(text: str) -> str:
    """An identity number as it is kept: half width, upper case, without spaces and hyphens.

    A 15-digit number of before 1999, as old records hold it, gets its century and check character.
    """
    number = _plain(text)
    if _OLD_ID_NO.fullmatch(number):
        longer = f"{number[:6]}19{number[6:]}"
        return longer + ric.calc_check_digit(longer + "0")
    return number


def id_no_valid(text: str) -> bool:
    """True when form, province, birth date and check character hold.

    15 digits are no valid number any more (since 2013). The county may be one that no longer
    exists. A birth date in the future cannot be told here, where there is no clock.
    """
    return _valid(_plain(text))


def id_no_birth(text: str) -> date | None:
    """Birth date in the number; nothing when the number is not valid."""
    number = _plain(text)
    return _birth(number) if _valid(number) else None


def id_no_sex(text: str) -> str | None:
    """GB/T 2261.1 sex in the number, ``1`` or ``2``; nothing when the number is not valid."""
    number = _plain(text)
    if not _valid(number):
        return None
    return "1" if int(number[16]) % 2 else "2"


def _plain(text: str) -> str:
    if text.isascii() and text.isalnum():  # as nearly all are
        return text.upper()
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def _valid(number: str) -> bool:
    return (
        _ID_NO.fullmatch(number) is not None
        and _birth(number) is not None
        and ric.calc_check_digit(number) == number[-1]
    )


def _birth(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born >= _EARLIEST_BIRTH else None


def normalise_phone(text: str) -> str:
    """A telephone number as it is kept: half width, no spaces; a mobile or service number as bare
    digits, a landline as ``0871-1234567`` or ``0871-1234567-12``. Anything else loses its spaces.
    """
    if _MOBILE.fullmatch(text):  # as nearly all are
        return text
    cleaned = _DASHES.sub("-", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    digits = _COUNTRY.sub("", cleaned.replace("-", ""))
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    landline = cleaned.replace("(", "").replace(")", "-")
    if _LANDLINE.fullmatch(landline):
        return _AREA_CODE.sub(r"\1-", landline, count=1)
    return cleaned


def phone_valid(text: str) -> bool:
    """True for a mobile number, a landline or a 400/800 number; not for 110, 120 and the like,
    which are nobody's own number.
    """
    number = normalise_phone(text)
    return any(kind.fullmatch(number) for kind in (_MOBILE, _LANDLINE, _SERVICE))
