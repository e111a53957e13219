"""Pure decisions about sites: how a registration fills one, and when two are the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from backend.kernel.dates import parse_day
from backend.kernel.identity_numbers import normalise_phone
from backend.sites.model import Site

_FIELDS = frozenset(f.name for f in fields(Site))


def name_key(name: str) -> str:
    """A name as it is compared: NFKC, no spaces, small letters. The phone's ``nameKey`` alike."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()


def register_site(
    subject_id: str,
    mapping: Mapping[str, str],
    answers: Mapping[str, Any],
    private: frozenset[str],
    known: Site | None,
    submission_id: str,
) -> Site:
    """The site that a registration describes, over what was known of it before.

    :param mapping: attribute of the site <- field of the form
    :param private: fields that stay with the submission, encrypted, unless they are mapped
    """
    source = {name: attribute for attribute, name in mapping.items() if attribute in _FIELDS}
    values = {source[f]: v for f, v in answers.items() if f in source and v is not None}
    details = {f: v for f, v in answers.items() if f not in source and f not in private}
    place = values.pop("place", None)
    if isinstance(place, Mapping):
        values["place"] = (float(place["lng"]), float(place["lat"]))
    if "name" in values:
        values["name"] = " ".join(unicodedata.normalize("NFKC", values["name"]).split())
    if isinstance(values.get("registered_on"), str):
        values["registered_on"] = parse_day(values["registered_on"])
    if "phone" in values:
        values["phone"] = normalise_phone(values["phone"])
    base = known or Site(subject_id, "", "", "")
    if base.registered_on is not None:
        values.pop("registered_on", None)  # of the first registration
    return replace(
        base,
        **values,
        details={**base.details, **details},
        source_submission_id=submission_id,
    )


def same_site(newcomer: Site, known: Iterable[Site]) -> Site | None:
    """The site of the same name in the same village: in a village a name is told once."""
    key = name_key(newcomer.name)
    if key == "":
        return None
    same = [
        one
        for one in known
        if one.id != newcomer.id
        and one.merged_into is None
        and one.village_code == newcomer.village_code
        and name_key(one.name) == key
    ]
    return min(same, key=lambda one: one.id, default=None)
