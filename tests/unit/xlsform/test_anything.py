"""Whatever stands in the cells: a form, or reasons with their places. Never anything else."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings, strategies as st

from backend.kernel.expressions import MAX_LENGTH, compile_expression
from backend.xlsform.importing import import_book
from backend.xlsform.model import Book, NotImported, Sheet
from backend.xlsform.xpath import BadXPath
from tests.builders.xlsforms import library
from tests.unit.xlsform.test_to_cel import QUESTIONS, TYPES, translator

PIECES = st.sampled_from(
    [f"${{{name}}}" for name in QUESTIONS]
    + [
        "and",
        "or",
        "not(",
        "selected(",
        "if(",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "div",
        "mod",
        "=",
        "!=",
        "<",
        ">",
        "<=",
        ".",
        "..",
        "/",
        "today()",
        "1",
        "2.5",
        "''",
        "'1'",
    ]
    + ["'a b'", "int(", "round(", "count(", "coalesce(", "string-length(", "regex(", "[", "}", "'"]
)
WORDS = st.one_of(
    st.sampled_from(
        [
            "text",
            "integer",
            "decimal",
            "date",
            "note",
            "calculate",
            "today",
            "select_one~yn",
            "select_multiple~yn",
            "image",
            "begin~group",
            "end~group",
            "begin~repeat",
            "end~repeat",
            "geopoint",
            "audio",
            "a",
            "b",
            "c",
            "A-b",
            "in",
            "yes",
            "${a}",
            "${b}",
            "today()",
            "1",
            ".",
            ">=",
            "{}",
            "'",
        ]
    ).map(lambda word: word.replace("~", " ")),
    st.text(max_size=12),
)
HEADERS = (
    "type", "name", "label", "label::en", "hint", "relevant", "constraint", "constraint_message",
    "calculation", "default", "required", "read_only", "appearance", "choice_filter",
    "repeat_count", "suifang",
)  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(HEADERS), WORDS, max_size=8), max_size=9)
CHOICES = Sheet("choices", ("list_name", "name"), ((2, {"list_name": "yn", "name": "1"}),))


LEAVES = st.sampled_from(
    [f"${{{name}}}" for name in QUESTIONS] + ["''", "'1'", "2", ".", "today()"]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(
                ["({} and {})", "({} or {})", "({} = {})", "({} != {})", "({} < {})", "({} - {})",
                 "({} div {})", "selected({}, {})", "coalesce({}, {})", "max({}, {})",
                 "concat({}, {})", "not({} >= {})", "contains({}, {})"]
            ),
            inner,
            inner,
        ).map(lambda parts: parts[0].format(*parts[1:])),
        st.tuples(inner, inner, inner).map(lambda parts: "if({}, {}, {})".format(*parts)),
        inner.map(lambda part: f"int({part})"),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(TREES, st.lists(PIECES, min_size=1, max_size=14).map(" ".join)))
def test_an_expression_is_said_in_cel_that_compiles_or_is_refused(xpath: str) -> None:
    to = translator("age")
    for say in (to.condition, to.constraint):
        try:
            cel = say(xpath)
        except BadXPath:
            continue
        if len(cel) <= MAX_LENGTH:
            compile_expression(cel, TYPES, "bool")


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_a_survey_is_taken_or_refused(rows: list[dict[str, Any]]) -> None:
    cells = tuple((number, {h: t for h, t in row.items() if t.strip()})
                  for number, row in enumerate(rows, start=2))  # fmt: skip
    try:
        made = import_book(Book((Sheet("survey", HEADERS, cells), CHOICES)), library())
    except NotImported as error:
        assert error.refused
        return
    assert made.form["visit_date"] in made.schema["properties"]
