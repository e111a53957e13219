"""Which registrations are compared at all: those that have one of several keys in common.

Each true pair of people who make one mistake at a time shares some key; no key is shared by many.
"""

from __future__ import annotations

from backend.dedup.rules.traits import Traits


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
    if person.street:
        keys.append(f"a|{person.village}|{person.street[:10]}")
        keys.append(f"a|{''.join(sorted(person.street))}")
    if name.text:
        keys.append(f"n|{person.village}|{sound}")
    for day in births:
        keys.append(f"b|{day}|{person.village}")
        if name.near:
            keys.append(f"f|{day}|{name.near[0][:2]}|{person.sex}")
        keys.append(f"m|{day[5:]}|{sound}")
    if name.text and birth:
        keys.append(f"y|{birth[:4]}|{sound}")
    return list(dict.fromkeys(keys))
