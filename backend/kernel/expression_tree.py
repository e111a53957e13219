"""What a checked CEL expression reads and does, told from the tree that the compiler hands out.

The C++ runtime gives its checked tree only in serialised form (``cel.expr.CheckedExpr``, see
checked.proto and syntax.proto of cel-spec). The few fields needed are read here, field by number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One place in the tree.

    :param kind: const, name, select, call, list, struct, loop (a macro such as ``exists``)
    :param text: the name, the selected field, the function, a loop's variable, or a text constant;
        else empty
    :param overloads: of a call: the overloads that the checker found possible
    :param children: operands, the target of a member call first; of a loop: range, then body
    :param offset: where it stands in the source, in characters
    :param value: of a const: its truth, double or text; nothing for those of other types
    """

    kind: str
    text: str
    overloads: tuple[str, ...]
    children: tuple[Node, ...]
    offset: int
    value: bool | float | str | None = None

    def walk(self) -> Iterator[Node]:
        """This node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


_CONST_NULL, _CONST_BOOL, _CONST_DOUBLE, _CONST_STRING = 1, 2, 5, 6
_KIND_BY_FIELD = {
    3: "const", 4: "name", 5: "select", 6: "call", 7: "list", 8: "struct", 9: "loop",
}  # fmt: skip


def read_tree(serialised: bytes) -> Node:
    """Read the tree of a checked expression.

    :param serialised: a ``google.protobuf.Any`` that holds a ``cel.expr.CheckedExpr``
    """
    checked = _fields(_bytes(_fields(serialised), 2))
    overloads: dict[int, tuple[str, ...]] = {}
    for entry in checked.get(2, ()):
        pair = _fields(_as_bytes(entry))
        names = _fields(_bytes(pair, 2)).get(3, ())
        overloads[_number(pair, 1)] = tuple(_as_bytes(name).decode() for name in names)
    offsets: dict[int, int] = {}
    for entry in _fields(_bytes(checked, 5)).get(4, ()):
        pair = _fields(_as_bytes(entry))
        offsets[_number(pair, 1)] = _number(pair, 2)
    return _node(_bytes(checked, 4), overloads, offsets, frozenset())


def _node(
    raw: bytes,
    overloads: dict[int, tuple[str, ...]],
    offsets: dict[int, int],
    bound: frozenset[str],
) -> Node:
    message = _fields(raw)
    identity = _number(message, 2)
    field = next(f for f in _KIND_BY_FIELD if f in message)
    kind, body = _KIND_BY_FIELD[field], _fields(_bytes(message, field))
    text, inner = "", bound
    parts: list[int | bytes] = []
    value = _constant(body) if kind == "const" else None
    if kind == "const":
        text = _text(body, _CONST_STRING) if _CONST_STRING in body else ""
        kind = "null" if _CONST_NULL in body else kind
    elif kind == "name":
        text = _text(body, 1)
        kind = "local" if text in bound else kind
    elif kind == "select":
        text, parts = _text(body, 2), [_bytes(body, 1)]
        kind = "has" if _number(body, 3) else kind
    elif kind == "call":
        text = _text(body, 2)
        parts = [*body.get(1, ()), *body.get(3, ())]
    elif kind == "list":
        parts = body.get(1, [])
    elif kind == "loop":
        text = _text(body, 1)
        inner = bound | {_text(body, field) for field in (1, 3, 8) if field in body}
        parts = [p for f in (4, 5, 6, 7) for p in body.get(f, ())]
    children = [_node(_as_bytes(part), overloads, offsets, inner) for part in parts]
    if kind == "loop":
        # The range is read outside of the loop, where its variables are not bound.
        children.insert(0, _node(_bytes(body, 2), overloads, offsets, bound))
    told = overloads.get(identity, ())
    return Node(kind, text, told, tuple(children), offsets.get(identity, 0), value)


def _constant(body: dict[int, list[int | bytes]]) -> bool | float | str | None:
    if _CONST_BOOL in body:
        return bool(_number(body, _CONST_BOOL))
    if _CONST_DOUBLE in body:
        (double,) = struct.unpack("<d", _bytes(body, _CONST_DOUBLE))
        return float(double)
    return _text(body, _CONST_STRING) if _CONST_STRING in body else None


def _fields(raw: bytes) -> dict[int, list[int | bytes]]:
    """The fields of a protobuf message by number (varints, 64- and 32-bit values, bytes)."""
    found: dict[int, list[int | bytes]] = {}
    place = 0
    while place < len(raw):
        key, place = _varint(raw, place)
        wire = key & 7
        value: int | bytes
        if wire == 0:
            value, place = _varint(raw, place)
        else:
            if wire == 2:
                length, place = _varint(raw, place)
            else:
                length = {1: 8, 5: 4}[wire]
            value, place = raw[place : place + length], place + length
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, place


def _as_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise TypeError("a message was expected")
    return value


def _bytes(message: dict[int, list[int | bytes]], field: int) -> bytes:
    return _as_bytes(message[field][-1]) if field in message else b""


def _text(message: dict[int, list[int | bytes]], field: int) -> str:
    return _bytes(message, field).decode()


def _number(message: dict[int, list[int | bytes]], field: int) -> int:
    value = message[field][-1] if field in message else 0
    return value if isinstance(value, int) else 0
