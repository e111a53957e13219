"""How two registrations compare, field by field: each field comes to one level.

The levels are those of ``schemas/identity/weights.json``.
"""

from __future__ import annotations

from backend.dedup.rules.births import compare_births
from backend.dedup.rules.homes import NEAR_M, alike, metres
from backend.dedup.rules.names import compare_names, distance
from backend.dedup.rules.traits import Traits

FIELDS = ("name", "birth_date", "id_no", "sex", "contact")
_LIKE_STREET = 0.5  # strangers of one postcode: one pair in a thousand shares so much
_LEAST_DIGITS = 3
"""Different digits that a number has; 0, 999 and the like are nobody's."""
_ID_LENGTHS = frozenset({15, 17, 18})
_SOUND_BIRTHS = frozenset({"equal", "equal_0101"})


def levels(a: Traits, b: Traits) -> tuple[str, str, str, str, str]:
    """The level of each of :data:`FIELDS`, in that order."""
    return (
        compare_names(a.typed_name, b.typed_name),
        born(a, b),
        numbers(a, b),
        sexes(a, b),
        contacts(a, b),
    )


def contacts(a: Traits, b: Traits) -> str:
    """How telephone and home compare, as one field: a family shares both."""
    return f"{phones(a, b)}_{homes(a, b)}"


def born(a: Traits, b: Traits) -> str:
    """How the birth dates compare.

    Where they differ, the date inside the id number of one may be the date of the other. That is
    as good as the number: it must be sound and its holder's own.
    """
    if a.birth is None or b.birth is None:
        return "missing"
    told = compare_births(a.birth, b.birth)
    if told in _SOUND_BIRTHS:
        return told
    if a.id_no != b.id_no and (
        (a.id_is_own and a.id_birth == b.birth) or (b.id_is_own and b.id_birth == a.birth)
    ):
        return "by_id_no"
    return told


def numbers(a: Traits, b: Traits) -> str:
    """How the id numbers compare.

    :returns: ``equal``, ``equal_other`` (no identity cards: nothing of the holder is in the number,
        so it stands apart from the birth date), ``equal_alien`` (one is not its holder's own),
        ``typo`` (one wrong or two exchanged, and a check character that does not hold),
        ``conflict`` (both sound),
        ``siblings`` (both sound, of one day and county), ``conflict_alien``, ``conflict_weak``,
        ``conflict_other`` (no identity cards), ``missing``
    """
    if not a.id_no or not b.id_no:
        return "missing"
    are_others = len(a.id_no) not in _ID_LENGTHS and len(b.id_no) not in _ID_LENGTHS
    if a.id_no == b.id_no:
        if are_others and len(set(a.id_no)) >= _LEAST_DIGITS:
            return "equal_other"
        return "equal" if a.id_is_own and b.id_is_own else "equal_alien"
    if are_others:
        return "typo" if distance(a.id_no, b.id_no) <= 1 else "conflict_other"
    both_sound = a.id_is_sound and b.id_is_sound
    if not both_sound and distance(a.id_no[:17], b.id_no[:17]) <= 1:
        return "typo"
    if not (a.id_is_own and b.id_is_own):
        return "conflict_alien"
    if not both_sound:
        return "conflict_weak"
    return "siblings" if a.id_no[:14] == b.id_no[:14] else "conflict"


def sexes(a: Traits, b: Traits) -> str:
    """``equal``, ``differs`` or ``missing``."""
    if not a.sex or not b.sex:
        return "missing"
    return "equal" if a.sex == b.sex else "differs"


def phones(a: Traits, b: Traits) -> str:
    """``phone`` (the same), ``typo``, ``other`` or ``none``."""
    if not a.phone or not b.phone:
        return "none"
    if a.phone == b.phone:
        return "phone"
    return "typo" if distance(a.phone, b.phone) == 1 else "other"


def homes(a: Traits, b: Traits) -> str:
    """``door``, ``street`` (a whole address in Latin letters), ``group``, ``village``, ``away`` or
    ``nowhere`` (not known).
    """
    if a.household and a.household == b.household:
        return "door"
    if a.street and b.street and alike(a.street, b.street) >= _LIKE_STREET:
        return "street"
    if not a.village or not b.village:
        return "nowhere"
    if a.village != b.village:
        return "away"
    if a.group is not None and a.group == b.group:
        if a.door is not None and b.door is not None:
            return "door" if a.door == b.door else "group"
        is_near = a.place and b.place and metres(a.place, b.place) <= NEAR_M
        return "door" if is_near else "group"
    return "village"
