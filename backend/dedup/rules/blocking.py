"""Which registrations are compared at all: those that have one of several keys in common.

Each true pair of people who make one mistake at a time shares some key; no key is shared by many.
"""

from __future__ import annotations

from backend.dedup.rules.homes import telling
from backend.dedup.rules.traits import Traits

_LEAST_LETTERS = 8
"""From so many on a name in Latin letters is found wherever its bearer lives."""


def block_keys(person: Traits) -> list[str]:
    """The keys under which a registration is found, each with the kind of key before it."""
    keys = []
    name = person.name
    sound = "".join(sorted("".join(name.near)))  # in whatever order the words were written
    birth = "" if person.birth is None else person.birth.isoformat()
    births = {birth, "" if person.id_birth is None else person.id_birth.isoformat()} - {""}
    if person.id_no:
        keys.append(f"i|{person.id_no}")
    if person.phone:
        keys.append(f"p|{person.phone}")
    if person.household:
        keys.append(f"h|{person.household}")
    if person.group is not None and person.door is not None:
        keys.append(f"d|{person.village}|{person.group}|{person.door}")
    keys += _street_keys(person, birth)
    if name.text:
        keys.append(f"n|{person.village}|{sound}")
    if name.is_latin and len(name.text) >= _LEAST_LETTERS:
        keys.append(f"n||{sound}")
    for day in births:
        keys.append(f"b|{day}|{person.village}")
        for word in name.near if name.is_latin else name.near[:1]:
            keys.append(f"f|{day}|{word[:2]}|{person.sex}")
        keys.append(f"m|{day[5:]}|{sound}")
    if name.text and birth:
        keys.append(f"y|{birth[:4]}|{sound}")
    return list(dict.fromkeys(keys))


def _street_keys(person: Traits, birth: str) -> list[str]:
    """Parts of such an address change places, and any of them may be wrong: two have to agree."""
    if not person.street:
        return []
    number = next((word for word in person.street if word.isdigit()), "")
    beside = [one for one in (person.village, number, birth) if one]
    keys = [f"a|{one}|{word}" for word in telling(person.street) for one in beside]
    return [*keys, f"a|{person.village}|{number}"] if number else keys
