"""Which tables and columns a form gives, over all of its versions together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from backend.exports.model import MAIN, Column, Table
from backend.forms.model import Field, FormBundle, Group, Item, Repeat

SUBMISSION_ID = "submission_id"


def _column(key: str, zh: str, en: str) -> Column:
    return Column(key, {"zh-CN": zh, "en": en})


HEAD = (
    _column(SUBMISSION_ID, "记录编号", "Submission"),
    _column("form_version", "表单版本", "Form version"),
    _column("state", "状态", "State"),
    _column("visit_on", "服务日期", "Visit date"),
    _column("village_code", "村代码", "Village code"),
    _column("village", "村", "Village"),
    _column("worker", "医生", "Doctor"),
    _column("subject_id", "对象编号", "Subject"),
    _column("household_id", "户编号", "Household"),
    _column("flags", "疑点", "Flags"),
    _column("received_at", "收到时间", "Received"),
)
NAMES = (
    _column("name", "姓名", "Name"),
    _column("sex", "性别", "Sex"),
    _column("birth_on", "出生日期", "Birth date"),
)
FOOT = (_column("export_id", "导出编号", "Export"),)
_ROW = (
    _column(SUBMISSION_ID, "记录编号", "Submission"),
    _column("row", "行", "Row"),
)


def tables_of(bundles: Iterable[FormBundle], *, names: bool) -> list[Table]:
    """The main table and one a repeat. Private answers are never among the columns.

    :param bundles: every version of one form, the newest last, whose labels win
    """
    versions = list(bundles)
    newest = versions[-1]
    main: dict[str, Column] = {}
    repeats: dict[str, tuple[Repeat, dict[str, Column]]] = {}
    for bundle in versions:
        for item in fields_in(bundle):
            if isinstance(item, Field):
                main |= _of_field(item)
            else:
                columns = repeats.get(item.name, (item, {}))[1]
                for field in item.items:
                    columns |= _of_field(field)
                repeats[item.name] = (item, columns)
    own = tuple(main.values())
    tables = [Table(MAIN, newest.form.title, (*HEAD, *(NAMES if names else ()), *own, *FOOT))]
    for name, (repeat, columns) in repeats.items():
        tables.append(Table(name, repeat.label, (*_ROW, *columns.values(), *FOOT)))
    return tables


def _of_field(field: Field) -> Mapping[str, Column]:
    if field.private:
        return {}
    return {field.name: Column(field.name, field.label, field.codes)}


def fields_in(bundle: FormBundle) -> Iterator[Field | Repeat]:
    """Every field and repeat of a form, those inside of groups too, in order."""
    for page in bundle.ui.pages:
        yield from _inside(page.items)


def _inside(items: Iterable[Item]) -> Iterator[Field | Repeat]:
    for item in items:
        if isinstance(item, (Field, Repeat)):
            yield item
        elif isinstance(item, Group):
            yield from _inside(item.items)
