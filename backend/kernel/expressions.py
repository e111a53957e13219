"""Expressions of forms and rules: CEL with three-valued answers (docs/decisions/0002).

The phone evaluates the same texts with another engine. What keeps the two equal is kept here: typed
variables, a closed list of operations, and one rule for what an unanswered variable means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any, Final, TypeAlias

from cel_expr_python import cel

from backend.kernel.expression_functions import FUNCTIONS
from backend.kernel.expression_limits import BadExpression, check_tree, is_date
from backend.kernel.expression_shortcuts import Open, shortcut
from backend.kernel.expression_tree import Node, read_tree

__all__ = [
    "UNANSWERED",
    "BadExpression",
    "Defect",
    "Expression",
    "Outcome",
    "Unanswered",
    "as_json",
    "compile_expression",
]

MAX_LENGTH = 2000


class Unanswered:
    """There is no value, because something that the expression reads is not answered."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNANSWERED"


UNANSWERED: Final = Unanswered()


@dataclass(frozen=True)
class Defect:
    """The expression failed although everything it reads was answered: its author's mistake."""

    message: str


Outcome: TypeAlias = bool | float | str | list[Any] | Unanswered | Defect


def as_json(outcome: Outcome) -> Any:
    """What an expression gave, as an answer: whole numbers without a point; ``None`` for no value,
    which an empty text and an empty list are too.
    """
    if isinstance(outcome, float):
        return int(outcome) if outcome.is_integer() and abs(outcome) < 2**53 else outcome
    if isinstance(outcome, (str, list)):
        return outcome or None
    return None if isinstance(outcome, (Unanswered, Defect)) else outcome


class Expression:
    """A checked, compiled expression; the same object serves every evaluation of the process.

    :ivar source: the text as written
    :ivar tree: what it is made of; ``answered(x)`` stands in it as the variable ``answered__x``
    :ivar names: every variable it reads, those only asked for by ``answered()`` included
    """

    def __init__(self, source: str, program: cel.Expression, tree: Node, types: _Types) -> None:
        self.source = source
        self.tree = tree
        self._program = program
        seen = {node.text for node in tree.walk() if node.kind == "name"}
        self._asked = tuple((n, n[len(_ASKED) :]) for n in sorted(seen) if n.startswith(_ASKED))
        self._read = tuple((n, types[n] == "rows") for n in sorted(seen) if n in types)
        self._cells = tuple(sorted({n.text for n in tree.walk() if n.kind == "select"}))
        # Half of all conditions only name a fact: the engine has nothing to add to its value.
        is_name = tree.kind == "name" and types.get(tree.text) in _AS_THEY_ARE
        self._name = tree.text if is_name else None
        self._shortcut = shortcut(tree, types, _ASKED)
        self.names = frozenset([n for n, _ in self._read] + [n for _, n in self._asked])

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """The value with these answers.

        :param values: by name; absent and ``None`` are unanswered
        :returns: the value; ``UNANSWERED`` when it fails and something it reads is unanswered; a
            :class:`Defect` when it fails otherwise or gives a number that is not finite
        """
        if self._name is not None:
            found = values.get(self._name)
            return UNANSWERED if found is None else found
        if self._shortcut is not None:
            try:
                value = self._shortcut(values)
                if type(value) is not float or isfinite(value):
                    return value  # type: ignore[no-any-return]
            except Open:
                return UNANSWERED
            except Exception:  # noqa: S110 - the engine below says what is the matter
                pass
        return self._run(values)

    def _run(self, values: Mapping[str, Any]) -> Outcome:
        data: dict[str, Any] = {}
        missing = False
        for name, is_rows in self._read:
            given = values.get(name)
            if given is None:
                missing = True
            elif is_rows:
                rows = [_plain_row(row) for row in given]
                data[name] = rows
                missing = missing or any(cell not in row for row in rows for cell in self._cells)
            else:
                data[name] = given
        for flag, name in self._asked:
            data[flag] = values.get(name) is not None
        result = self._program.eval(data=data)
        value: Any = result.plain_value()
        if isinstance(value, float) and not isfinite(value):
            return UNANSWERED if missing else Defect("the number is not finite")
        if isinstance(value, str) and result.type() == _ERROR:  # its message stands in for a value
            return UNANSWERED if missing else Defect(value.partition(": ")[2])
        return value  # type: ignore[no-any-return]


def compile_expression(
    source: str, types: Mapping[str, str], result: str | None = None
) -> Expression:
    """Check and compile an expression; kept for the life of the process.

    :param types: of every variable in sight: number, text, bool, date, codes (texts), rows, or
        place
    :param result: what it must give: one of the same, or nothing to allow all
    :raises BadExpression: it is not allowed, with the place in ``source``
    """
    return _compiled(source, tuple(sorted(types.items())), result)


_Types: TypeAlias = Mapping[str, str]
_ASKED = "answered__"
_AS_THEY_ARE = ("bool", "text", "date")
_T = cel.Type
_ERROR = _T.ERROR
_CEL_TYPES = {
    "number": _T.DOUBLE,
    "text": _T.STRING,
    "date": _T.STRING,
    "bool": _T.BOOL,
    "codes": _T.List(_T.STRING),
    "rows": _T.List(_T.Map(_T.STRING, _T.DYN)),
    "place": _T.Map(_T.STRING, _T.DYN),
}

_TOKEN = re.compile(
    r"""(?P<odd>//|\b[rRbB]+(?=["'])|\"{3}|'{3})"""
    r"""|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<asked>\banswered\s*\(\s*(?P<name>[A-Za-z_]\w*)\s*\))"""
    r"""|(?P<half>\banswered\b)"""
)


def _declared() -> list[cel.FunctionDecl]:
    return [
        cel.FunctionDecl(
            function.name,
            [
                cel.Overload(
                    function.name,
                    _CEL_TYPES[function.result],
                    [_CEL_TYPES[kind] for kind in function.parameters],
                    impl=function.run,
                )
            ],
        )
        for function in FUNCTIONS.values()
    ]


@lru_cache(maxsize=512)
def _environment(types: tuple[tuple[str, str], ...]) -> cel.Env:
    variables = {name: _CEL_TYPES[kind] for name, kind in types}
    variables |= {_ASKED + name: _T.BOOL for name, _ in types}
    return cel.NewEnv(variables=variables, functions=_declared())


@lru_cache(maxsize=20_000)
def _compiled(source: str, types: tuple[tuple[str, str], ...], result: str | None) -> Expression:
    if len(source) > MAX_LENGTH:
        raise BadExpression(f"longer than {MAX_LENGTH} characters")
    try:
        program = _environment(types).compile(_with_flags(source))
    except RuntimeError as error:
        raise _told(str(error), source) from error
    tree = read_tree(program.serialize())
    kinds = dict(types)
    check_tree(tree, kinds)
    if result is not None:
        _check_result(program, tree, kinds, result)
    return Expression(source, program, tree, kinds)


def _with_flags(source: str) -> str:
    """``answered(x)`` becomes the variable ``answered__x``, of the same length."""

    def swap(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found[0]
        if found["odd"] is not None:
            raise BadExpression("raw texts, bytes and comments are not allowed", found.start())
        if found["half"] is not None:
            raise BadExpression("answered() takes the bare name of one field", found.start())
        return (_ASKED + found["name"]).ljust(len(found[0]))

    return _TOKEN.sub(swap, source)


_TOLD = re.compile(r"ERROR: <input>:(\d+):(\d+): (.+)")


def _told(report: str, source: str) -> BadExpression:
    """The compiler's first complaint in words an author can use."""
    found = _TOLD.search(report)
    if found is None:
        return BadExpression(report.partition(": ")[2] or report)
    line, column, message = int(found[1]), int(found[2]), found[3]
    before = source.split("\n")[: line - 1]
    position = sum(len(text) + 1 for text in before) + column - 1
    message = re.sub(r"'_(\S+?)_(:_)?'", r"'\1'", message).replace(" (in container '')", "")
    message = message.removesuffix(" [INVALID_ARGUMENT]").partition(" expecting ")[0]
    unknown = re.search(r"undeclared reference to '(\w+)'", message)
    if unknown and unknown[1] in FUNCTIONS:
        message = f"{unknown[1]}() takes {len(FUNCTIONS[unknown[1]].parameters)} values"
    elif unknown:
        message = f"'{unknown[1].removeprefix(_ASKED)}' is not known here"
    if "double" in message and "int" in message:
        message += "; numbers are written with a decimal point, as in 140.0"
    if "null_type" in message:
        message += "; ask with answered(x), there is no null"
    return BadExpression(message, position)


def _check_result(program: cel.Expression, tree: Node, kinds: _Types, result: str) -> None:
    given = program.return_type()
    if given != _CEL_TYPES[result]:
        hint = " (write double(...))" if result == "number" and given == _T.INT else ""
        raise BadExpression(f"gives {_NAMES.get(given.name(), given.name())}, not {result}{hint}")
    if result == "date" and not is_date(tree, kinds, empty=True):
        raise BadExpression("gives a text that need not be a date")


_NAMES: Mapping[str, str] = {
    "DOUBLE": "number",
    "STRING": "text",
    "BOOL": "bool",
    "LIST<STRING>": "codes",
    "INT": "a whole count",
    "DYN": "a cell of unknown type",
}


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the engine takes it: unanswered cells absent, every number a double."""
    return {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in row.items()
        if value is not None
    }
