"""Which column of a roster holds what, by the headings that village offices write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

HEADINGS: Mapping[str, tuple[str, ...]] = {
    what: tuple(names.split())
    for what, names in {
        "name": "姓名 居民姓名 成员姓名 名字 name",
        "sex": "性别 sex gender",
        "birth_date": "出生日期 出生年月日 出生年月 出生时间 生日 birthdate birthday",
        "id_no": (
            "身份证号 身份证号码 公民身份号码 公民身份证号码 身份证 证件号码 证件号 idnumber idno"
        ),
        "phone": "联系电话 本人电话 电话 手机 手机号 手机号码 电话号码 联系方式 phone",
        "village": (
            "村 村名 行政村 行政村名称 所在村 村居 村委会 村社区 村代码 village villagecode"
        ),
        "group_name": "组 小组 村民小组 组别 社 队 自然村 屯 group",
        "address": "地址 住址 家庭住址 家庭地址 现住址 现住地址 详细地址 门牌号 address",
        "household_no": "户编号 户号 家庭编号 家庭户编号 家庭档案编号 householdno",
        "head_name": "户主 户主姓名 head headofhousehold",
        "relation": "与户主关系 与户主的关系 关系 家庭关系 relation",
        "contact_name": "联系人 联系人姓名 紧急联系人 contact",
        "contact_phone": "联系人电话 联系人手机 紧急联系人电话 contactphone",
    }.items()
}
"""What is read, and under which headings it is looked for; spaces and brackets do not count."""

_LEAST_KNOWN = 2
_LOOKED_AT = 10
_BRACKETS = re.compile(r"[(（【\[].*?[)）】\]]")


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """What -> heading, as far as the headings tell it."""
    bare = {_bare(heading): heading for heading in reversed(headings)}
    found = {}
    for what, names in HEADINGS.items():
        heading = next((bare[name] for name in names if name in bare), None)
        if heading is not None:
            found[what] = heading
    return found


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows are the headings: titles often stand above them.

    :returns: the row that tells the most, the first where none tells anything
    """
    told = [len(guessed([cell for cell in row if cell])) for row in rows[:_LOOKED_AT]]
    best = max(told, default=0)
    return told.index(best) if best >= _LEAST_KNOWN else 0


def _bare(heading: str) -> str:
    text = _BRACKETS.sub("", unicodedata.normalize("NFKC", heading))
    return re.sub(r"[\s:*_-]", "", text).lower()
