"""A choice whose offered codes depend on another answer (``where``)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.forms.model import Context
from backend.forms.rules import compile_form, evaluate
from backend.forms.rules.publishing import check
from tests.builders.forms import SCHEMA, UI, changed, draft, field, library, published, text

VILLAGES = {
    "name": "villages",
    "source": "engineering",
    "codes": [
        {"code": "n1", "label": text("n1"), "columns": {"town": "n"}},
        {"code": "n2", "label": text("n2"), "columns": {"town": "n"}},
        {"code": "s1", "label": text("s1"), "columns": {"town": "s"}},
        {"code": "b1", "label": text("b1"), "columns": {"town": ["n", "s"]}},
    ],
}
ITEMS = [
    *UI["pages"][0]["items"],
    field("town", "text"),
    field("village", "choice", codes="villages", where={"town": "town"}),
]
SHAPE = changed(
    changed(SCHEMA, "properties", "town", to={"type": "string"}),
    "properties",
    "village",
    to={"type": "string"},
)
DEPENDING = changed(UI, "pages", 0, "items", to=ITEMS)


def violations(**answers: Any) -> list[tuple[str, str]]:
    made = published(draft(schema=SHAPE, ui=DEPENDING), library(villages=VILLAGES))
    given = {"visit_date": "2026-05-06", "ill": "1", **answers}
    seen = evaluate(compile_form(made), given, Context(today=date(2026, 5, 6)))
    assert seen.values.get("village") == answers.get("village"), "a told answer still counts"
    return [(v.path, v.code) for v in seen.violations]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"town": "n", "village": "n2"}, []),
        ({"town": "s", "village": "n2"}, [("village", "enum")]),
        ({"village": "n2"}, [("village", "enum")]),
        ({"town": "n", "village": "b1"}, []),
        ({"town": "s", "village": "b1"}, []),
        ({"town": "x", "village": "b1"}, [("village", "enum")]),
        ({"town": "s"}, []),
        ({"town": "n", "village": "x"}, [("village", "enum")]),
    ],
)
def test_only_what_the_other_answer_leaves_is_offered(
    answers: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert violations(**answers) == told


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"county": "town"}, "code list 'villages' has no column 'county'"),
        ({"town": "ill2"}, "character 1: 'ill2' is not known here"),
        ({"town": "village"}, "reads 'village', which stands later or is itself"),
        ({"town": "1.0"}, "character 1: gives number, not text"),
    ],
)
def test_a_where_that_cannot_work_is_not_published(where: dict[str, str], told: str) -> None:
    ui = changed(DEPENDING, "pages", 0, "items", 3, "where", to=where)
    mistakes = check(draft(schema=SHAPE, ui=ui), library(villages=VILLAGES))
    assert [m.message for m in mistakes] == [told]
    assert "village" in mistakes[0].place
