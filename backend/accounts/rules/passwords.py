"""Which passwords may be chosen (S13; NIST SP 800-63B §3.1.1: long, not common, no composition)."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from backend.kernel.errors import Refusal

MIN_LENGTH = 12
MAX_LENGTH = 128
ONE_TIME_LIFETIME = timedelta(days=7)
_FEWEST_DIFFERENT = 5

_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1234567890",
)
_LEET = str.maketrans("013457@$!", "oleastasi")
_WORDS = """
    password passwort passphrase mypassword newpassword passwordpassword administrator admin root
    welcome welcomeback letmein changeme changeit pleasechange secret topsecret qwerty qwertyuiop
    iloveyou iloveyouforever iloveyoubaby woaini woainima woaiwojia woaizhongguo zhongguo china
    beijing shanghai nihao nihaoma wodemima mima mimamima dragon monkey sunshine princess football
    baseball superman batman trustno master computer internet hospital weishengyuan weishengshi
    yiyuan yisheng cunyi doctor nurse health suifang gongwei gonggongweisheng default guest test
    testtest user username login abc abcabc asdf asdfgh asdfghjkl zxcvbn zxcvbnm aini baobao
    xiaobao laopo laogong wangyang liwei zhangwei
"""
_COMMON = frozenset(_WORDS.split())
"""Words that guessers put digits and signs around first, and those that lie near in a clinic
[engineering]. Shorter passwords of the published lists are refused by their length."""


def normalise(password: str) -> str:
    """One form for what looks the same, so that every keyboard gives the same password."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, login: str) -> None:
    """Refuse a password that is too short, too long, guessable, or holds the login.

    :raises Refusal: ``password_too_short``, ``password_too_long``, ``password_holds_login``,
        ``password_too_common``
    """
    if len(password) < MIN_LENGTH:
        raise Refusal("password_too_short", min=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise Refusal("password_too_long", max=MAX_LENGTH)
    lowered = password.casefold()
    if login.casefold() in lowered:
        raise Refusal("password_holds_login")
    if _is_common(lowered):
        raise Refusal("password_too_common")


def one_time_expired(issued_at: datetime | None, now: datetime) -> bool:
    """A password somebody else made is good for a week."""
    return issued_at is None or now - issued_at > ONE_TIME_LIFETIME


def _is_common(lowered: str) -> bool:
    if len(set(lowered)) < _FEWEST_DIFFERENT or lowered.isdecimal():
        return True
    period = (lowered + lowered).find(lowered, 1)
    if period <= len(lowered) // 2:
        return True
    for sequence in _SEQUENCES:
        run = sequence * 4
        if lowered in run or lowered in run[::-1]:
            return True
    core = _core(lowered)
    return core in _COMMON or core.translate(_LEET) in _COMMON


def _core(text: str) -> str:
    """The word inside, without the digits and signs around it."""
    letters = [index for index, char in enumerate(text) if char.isalpha()]
    return text[letters[0] : letters[-1] + 1] if letters else ""
