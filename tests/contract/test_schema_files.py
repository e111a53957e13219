"""The files under ``schemas/`` hold together: with their own meta schemas, and with one another.

What expressions mean is the business of the shared cases; here they are only read as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

SCHEMAS = Path(__file__).parents[2] / "schemas"
FORMS = sorted(path.parent for path in SCHEMAS.glob("forms/*/*/form.json"))
PROGRAMMES = sorted(SCHEMAS.glob("programmes/*.json"))
CASES = sorted(SCHEMAS.glob("cases/**/*.json"))
CODES = sorted(SCHEMAS.glob("common/codes/*.json"))
KINDS = {
    "suifang:meta/codes": CODES,
    "suifang:meta/form": [folder / "form.json" for folder in FORMS],
    "suifang:meta/ui": [folder / "ui.json" for folder in FORMS],
    "suifang:meta/programme": PROGRAMMES,
    "suifang:meta/immunization": sorted(SCHEMAS.glob("immunization/*.json")),
    "suifang:meta/indicator": sorted(SCHEMAS.glob("indicators/*.json")),
    "suifang:meta/cases": CASES,
}
HELD = [(meta, path) for meta, paths in KINDS.items() for path in paths]
EXPRESSIONS = {
    *("visible", "required", "compute", "default", "check", "offer", "applies", "completed"),
    *("ended", "face_to_face", "qualifies", "value", "starts", "counts", "when"),
    *("opens", "due", "closes", "expires"),
}
KINDS_OF_TASK = {"follow_up", "referral_check", "visit", "check"}
TYPE_OF_CONTROL = {
    "choice": "string",
    "choices": "array",
    "yes_no": "boolean",
    "persons": "array",
    "place": "object",
}


def named(path: Path) -> str:
    return str(path.relative_to(SCHEMAS))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def validator(meta: str) -> jsonschema_rs.Validator:
    schemas = {schema["$id"]: schema for schema in map(read, SCHEMAS.glob("meta/*.json"))}
    registry = jsonschema_rs.Registry(list(schemas.items()))
    return jsonschema_rs.validator_for(schemas[meta], registry=registry, validate_formats=True)


@cache
def codes(name: str) -> tuple[str, ...]:
    return tuple(entry["code"] for entry in read(SCHEMAS / f"common/codes/{name}.json")["codes"])


def fields(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Fields and repeats, groups opened; the columns of a repeat stay inside it."""
    for item in items:
        if "group" in item:
            yield from fields(item["items"])
        elif "field" in item or "repeat" in item:
            yield item


def all_fields(folder: Path) -> list[dict[str, Any]]:
    return [f for page in read(folder / "ui.json")["pages"] for f in fields(page["items"])]


def newest(folder: Path) -> bool:
    """Whether this is the version that phones are offered."""
    return int(folder.name) == max(int(path.name) for path in folder.parent.iterdir())


def properties(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = read(folder / "data.schema.json")["properties"]
    return found


def columns(field: dict[str, Any]) -> list[dict[str, Any]]:
    return field["items"] if "repeat" in field else [field]


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a document with the member that holds it."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from strings(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member, key)
    elif isinstance(value, str):
        yield key, value


def expressions(path: Path) -> Iterator[str]:
    """Everything in a form or programme that is CEL."""
    for key, text in strings(read(path)):
        if key in EXPRESSIONS and text not in KINDS_OF_TASK:
            yield text


def test_the_files_are_seen() -> None:
    assert len(FORMS) >= 11
    assert len(PROGRAMMES) >= 4
    assert len(CODES) >= 80


@pytest.mark.parametrize(
    ("meta", "path"), HELD, ids=lambda v: v if isinstance(v, str) else named(v)
)
def test_every_file_is_of_its_kind(meta: str, path: Path) -> None:
    errors = list(validator(meta).iter_errors(read(path)))
    assert [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in errors] == []


@pytest.mark.parametrize("folder", FORMS, ids=named)
def test_a_form_stands_where_its_key_and_version_say(folder: Path) -> None:
    form = read(folder / "form.json")
    assert (form["key"], str(form["version"])) == (folder.parent.name, folder.name)


@pytest.mark.parametrize("folder", FORMS, ids=named)
def test_answers_have_a_plain_schema_of_their_own(folder: Path) -> None:
    schema = read(folder / "data.schema.json")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert "required" not in schema, "whether something is required depends on what is visible"
    jsonschema_rs.meta.validate(schema)
    outside = [t for key, t in strings(schema) if key == "$ref" and not t.startswith("#/")]
    assert outside == [], "any validator must be able to use it offline"


@pytest.mark.parametrize("folder", FORMS, ids=named)
def test_what_is_asked_is_what_can_be_answered(folder: Path) -> None:
    shape = properties(folder)
    asked = all_fields(folder)
    names = [item.get("field") or item["repeat"] for item in asked]
    assert sorted(names) == sorted(shape), "ui.json and data.schema.json name the same fields once"
    for item in asked:
        if "repeat" in item:
            row = shape[item["repeat"]]["items"]
            assert row["additionalProperties"] is False
            assert sorted(c["field"] for c in item["items"]) == sorted(row["properties"])
            assert shape[item["repeat"]]["maxItems"] == item["max"]
        elif item["control"] in TYPE_OF_CONTROL:
            assert shape[item["field"]]["type"] == TYPE_OF_CONTROL[item["control"]], item["field"]


@pytest.mark.parametrize("folder", FORMS, ids=named)
def test_codes_are_those_of_their_list(folder: Path) -> None:
    shape = properties(folder)
    for item in all_fields(folder):
        place = shape[item["repeat"]]["items"]["properties"] if "repeat" in item else shape
        for field in columns(item):
            schema = place[field["field"]]
            offered = (
                schema["items"].get("enum")
                if schema["type"] == "array" and "items" in schema
                else schema.get("enum")
            )
            if "codes" not in field:
                assert offered is None, f"{field['field']}: an enumeration needs its code list"
                continue
            listed = codes(field["codes"])
            if newest(folder):
                assert offered == list(listed), field["field"]
            else:  # a list may have grown since: what was published then never changes
                assert set(offered or ()) <= set(listed), field["field"]
            assert set(field.get("only_codes", [])) <= set(listed)
            assert set(field.get("exclusive", [])) <= set(field.get("only_codes", listed))


@pytest.mark.parametrize("folder", FORMS, ids=named)
def test_a_form_points_at_fields_it_has(folder: Path) -> None:
    form, shape = read(folder / "form.json"), properties(folder)
    pointed = [
        form["visit_date"],
        *form.get("summary", []),
        *form.get("registration_map", {}).values(),
    ]
    pointed += [form[k] for k in ("visit_mode", "visit_outcome", "for_each") if k in form]
    assert set(pointed) <= set(shape)
    row_names = {n for s in shape.values() for n in s.get("items", {}).get("properties", {})}
    for check in read(folder / "ui.json").get("checks", []):
        assert set(check["fields"]) <= (row_names if "in" in check else set(shape)), check["id"]


@pytest.mark.parametrize("folder", FORMS, ids=named)
def test_readings_and_signs_are_never_prefilled(folder: Path) -> None:
    """DESIGN §5: stable facts only. A prefilled reading is a reading nobody took."""
    measured = re.compile(
        r"^(sbp|dbp|pulse|heart_rate|resp_rate|body_temp|weight|weight_now|symptoms|.*_signs|"
        r"adverse_reaction|aefi|jaundice_site|breast|lochia|uterus|wound|mood|fu_class|referral)\d?$"
    )
    prefilled = {f["field"] for item in all_fields(folder) for f in columns(item) if "prefill" in f}
    assert [name for name in prefilled if measured.match(name)] == []


@pytest.mark.parametrize("path", CODES, ids=named)
def test_a_code_means_one_thing(path: Path) -> None:
    listed = read(path)
    assert listed["name"] == path.stem
    assert len(set(codes(path.stem))) == len(listed["codes"])


@pytest.mark.parametrize(
    "path", [*PROGRAMMES, *(f / n for f in FORMS for n in ("form.json", "ui.json"))], ids=named
)
def test_expressions_keep_to_the_common_part_of_cel(path: Path) -> None:
    """docs/decisions/0002: no has(), no null, every number a double, answered() of a bare name."""
    found = list(expressions(path))
    assert found or path.name == "form.json"
    for text in found:
        bare = re.sub(r"'[^']*'", "''", text)
        assert '"' not in bare, f"single quotes only: {text}"
        assert not re.search(r"\bhas\s*\(|\bnull\b", bare), text
        assert not re.search(r"(?<![\w.])\d+(?![\w.])", bare), (
            f"a whole number is no double: {text}"
        )
        assert all(
            re.fullmatch(r"[a-z][a-z0-9_]*", a) for a in re.findall(r"answered\(([^)]*)\)", bare)
        ), text


@pytest.mark.parametrize("path", PROGRAMMES, ids=named)
def test_a_programme_names_forms_and_fields_that_exist(path: Path) -> None:
    programme = read(path)
    assert programme["key"] == path.stem
    for service in programme["services"]:
        for key, section in service.get("on", {}).items():
            versions = sorted(SCHEMAS.glob(f"forms/{key}/*"))
            shape = {n: s for version in versions for n, s in properties(version).items()}
            for name in ("for_each", "doctor_class", "next_visit_date"):
                assert section.get(name, "visit_date") in {*shape, "visit_date"}, (key, name)
            facts = [fact["id"] for fact in section.get("facts", [])]
            assert len(set(facts)) == len(facts)
            hidden = {*facts, *programme.get("parameters", {})} & set(shape)
            assert not hidden, f"{key}: a fact or parameter hides a field"
            rules = [rule["id"] for rule in section.get("rules", [])]
            assert len(set(rules)) == len(rules)
            for rule in section.get("rules", []):
                window = [rule.get(n) is not None for n in ("kind", "opens", "due", "closes")]
                assert all(window) or not any(window), f"{rule['id']}: a window is whole or absent"


def test_the_edition_speaks_of_vaccines_that_can_be_recorded() -> None:
    edition = read(SCHEMAS / "immunization/2026.json")
    known = [vaccine["code"] for vaccine in edition["vaccines"]]
    assert sorted(known) == sorted(codes("vaccines"))
    doses = [dose for series in edition["series"] for dose in series["doses"]]
    assert {dose["vaccine"] for dose in doses} <= set(known)
    for series in edition["series"]:  # of several tables of one series a child has one
        ids = [dose["dose_id"] for dose in series["doses"]]
        assert len(set(ids)) == len(ids)


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (read(SCHEMAS / f"i18n/{name}.json") for name in ("zh-CN", "en"))
    assert {s: sorted(v) for s, v in chinese.items()} == {s: sorted(v) for s, v in english.items()}
    for section, sentences in chinese.items():
        for code, sentence in sentences.items():
            twins = (sentence, english[section][code])
            filled = [sorted(re.findall(r"\{(\w+)\}", twin)) for twin in twins]
            assert filled[0] == filled[1], f"{section}.{code}: the same values in both"


def test_chinese_is_set_with_chinese_punctuation() -> None:
    half = re.compile(r"[\u4e00-\u9fff][,:;?!(]|[,:;?!)][\u4e00-\u9fff]")
    shown = [
        p for p in SCHEMAS.rglob("*.json") if p.parent.name != "cases" and "cases" not in p.parts
    ]
    texts = [t for p in shown for key, t in strings(read(p)) if "zh-CN" in (key, p.stem)]
    assert len(texts) > 1000
    assert [t for t in texts if half.search(t)] == []


def test_cases_are_many_and_each_has_its_own_name() -> None:
    total = 0
    for path in CASES:
        content = read(path)
        for part in ("cases", "contents", "headers", "ids"):
            names = [case["id"] for case in content.get(part, [])]
            assert len(set(names)) == len(names), f"{named(path)}: {part}"
            total += len(names)
    assert total >= 150
