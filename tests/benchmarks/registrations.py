"""Invented registrations of another county than the development file's, with other mistakes.

Made to see whether the shipped weights carry over: more errors (each later record is wrong in one
to three things), couples whose id numbers were exchanged, id numbers of the mother at school age,
sons named after the grandfather, several children of one birth, one telephone for a whole hamlet,
doors that were numbered anew, and names from another stock.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from backend.dedup.rules.births import lunar
from backend.dedup.rules.characters import look_alike
from backend.kernel.identity_numbers import normalise_id_no
from backend.residents.rules import syllables

COLUMNS = (
    "record_id", "cluster_id", "name", "sex", "birth_date", "id_number", "phone", "address",
    "village_code", "household_id", "lat", "lon", "kind",
)  # fmt: skip
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
    "叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段"
    "雷龙黎史陶贺毛郝顾龚邵万覃武钱严莫孔向常"
)
_GIVEN = {
    "1": (
        "建国军伟强勇明刚平辉志华永福贵荣德清云山海林文斌波涛浩宇轩泽睿俊杰子豪天翔鹏飞龙"
        "胜学义忠良仁祥瑞兴家成东南立新世昌光耀宗"
    ),
    "2": (
        "秀英桂兰珍芳玉梅红霞丽娟敏静燕艳玲萍凤琴云莲翠花香月娥春菊雪婷欣怡梓涵诗雨佳慧颖"
        "思琪雅淑贞素芬美仙巧惠银金彩莉娜倩薇晓"
    ),
}
_FIRST = ("尼玛", "扎西", "次仁", "达瓦", "格桑", "卓玛", "央金", "德吉", "索南", "旺堆")
_LAST = ("顿珠", "曲珍", "拉姆", "平措", "罗布", "边巴", "多吉", "白玛", "仓决", "丹增")
_COUNTY = "539930"
_TODAY = date(2026, 11, 1)


@dataclass(frozen=True)
class _Person:
    no: int
    name: str
    sex: str
    birth: date
    id_no: str
    phone: str
    village: str
    group: int
    door: int
    household: str
    place: tuple[float, float]
    kind: str = "plain"
    extra: dict[str, str] = field(default_factory=dict)


class County:
    """A county by a seed.

    :param errors: how many things go wrong in a later record, on average
    """

    def __init__(self, seed: int, households: int, errors: float) -> None:
        self.random = Random(seed)  # noqa: S311 - must be repeatable
        self.errors = errors
        self.households = households
        self._serial = 0
        self._characters: dict[str, list[str]] = {}
        for char in sorted({*_SURNAMES, *_GIVEN["1"], *_GIVEN["2"], *_HOMOPHONES}):
            self._characters.setdefault(syllables("阿" + char)[-1], []).append(char)

    def rows(self) -> Iterator[dict[str, str]]:
        """Records in random order."""
        people = [p for n in range(self.households) for p in self._household(n)]
        rows = []
        for person in people:
            copies = self.random.choices((1, 2, 3, 4), (70, 20, 7, 3))[0]
            rows += [self._record(person, first=n == 0) for n in range(copies)]
        self._exchange(rows)
        self.random.shuffle(rows)
        for n, row in enumerate(rows):
            yield {"record_id": f"S{n:07d}", **row}

    def _household(self, n: int) -> list[_Person]:
        r = self.random
        village = f"{_COUNTY}{r.randint(101, 103)}{r.randint(200, 205)}"
        clan = _SURNAMES[int(village[-1]) * 7 + int(village[8])]
        surname = clan if r.random() < 0.45 else r.choice(_SURNAMES)
        dotted = village.endswith("203") and r.random() < 0.6
        group, door = r.randint(1, 9), r.randint(1, 99)
        place = (103 + int(village[8:]) / 900 + door / 9e3, 26 + group / 90 + r.random() / 200)
        shared = self._phone()
        hamlet = f"1{village[-4:]}{group:02d}0000"
        base = {
            "village": village, "group": group, "door": door, "household": f"H{n:06d}",
            "place": place,
        }  # fmt: skip

        def person(name: str, sex: str, birth: date, kind: str = "plain") -> _Person:
            self._serial += 1
            own = self._phone() if r.random() < 0.45 else shared
            phone = hamlet if r.random() < 0.04 else own
            number = self._id_no(birth, sex, r.randint(1, 300))
            return _Person(self._serial, name, sex, birth, number, phone, kind=kind, **base)

        father_born = date(r.randint(1935, 1998), 1, 1) + timedelta(days=r.randint(0, 364))
        mother_born = father_born + timedelta(days=r.randint(-1200, 2000))
        father = person(self._name(surname, "1", dotted), "1", father_born)
        mother = person(self._name(r.choice(_SURNAMES), "2", dotted), "2", mother_born)
        members = [father, mother]
        generation = r.choice(_GIVEN["1"])
        for _ in range(r.choices((0, 1, 2, 3), (30, 35, 25, 10))[0]):
            born = mother_born + timedelta(days=r.randint(19 * 365, 38 * 365))
            if born >= _TODAY:
                continue
            sex = r.choice("12")
            name = self._name(surname, sex, dotted)
            if not dotted and r.random() < 0.4:
                name = surname + generation + name[-1]
            if r.random() < 0.02:
                name = father.name  # called after the father
            child = person(name, sex, born)
            members.append(child)
            if r.random() < 0.05:
                members += self._twins(child, person, surname)
                members[members.index(child)] = replace(child, kind="twin")
            if (_TODAY - born).days < 700:
                members.append(self._newborn(members.pop(), mother))
        return [m for m in members if m.birth < _TODAY]

    def _twins(self, child: _Person, person: object, surname: str) -> list[_Person]:
        r = self.random
        sex = child.sex if r.random() < 0.7 else str(3 - int(child.sex))
        name = child.name[:-1] + r.choice(_GIVEN[sex])
        twin: _Person = person(name, sex, child.birth, "twin")  # type: ignore[operator]
        step = int(child.id_no[14:17]) + (2 if sex == child.sex else 1)
        number = normalise_id_no(self._checked(child.id_no[:14] + f"{step % 1000:03d}"))
        return [replace(twin, id_no=number)]

    def _newborn(self, child: _Person, mother: _Person) -> _Person:
        kind = "子" if child.sex == "1" else "女"
        called = self.random.choice([f"{mother.name}之{kind}", child.name[:1] + "宝宝"])
        return replace(child, extra={"first_name": called}, kind="newborn")

    def _name(self, surname: str, sex: str, dotted: bool) -> str:
        r = self.random
        if dotted:
            return f"{r.choice(_FIRST)}·{r.choice(_LAST)}"
        given = r.choice(_GIVEN[sex])
        return surname + given + (r.choice(_GIVEN[sex]) if r.random() < 0.72 else "")

    def _phone(self) -> str:
        return f"16{self.random.randint(0, 10**9 - 1):09d}"

    def _checked(self, digits: str) -> str:
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
        return digits + "10X98765432"[total % 11]

    def _id_no(self, birth: date, sex: str, serial: int) -> str:
        odd = serial * 2 + (1 if sex == "1" else 0)
        return self._checked(f"{_COUNTY}{birth:%Y%m%d}{odd % 1000:03d}")

    def _record(self, p: _Person, *, first: bool) -> dict[str, str]:
        r = self.random
        row = {
            "cluster_id": f"P{p.no:07d}", "name": p.name, "sex": p.sex,
            "birth_date": p.birth.isoformat(), "id_number": p.id_no, "phone": p.phone,
            "address": f"大湾村{p.group}组{p.door}号", "village_code": p.village,
            "household_id": p.household, "lat": f"{p.place[1]:.5f}", "lon": f"{p.place[0]:.5f}",
            "kind": p.kind,
        }  # fmt: skip
        if first and p.extra:
            row |= {"name": p.extra["first_name"], "id_number": ""}
        if r.random() < (0.12 if first else 0.35):
            row["id_number"] = ""
        if first and r.random() > 0.25:
            return row
        for _ in range(r.choices((0, 1, 2, 3), _spread(self.errors))[0]):
            self._spoil(row, p)
        if r.random() < 0.4:
            row["phone"] = r.choice(["", self._phone(), self._phone()])
        if r.random() < 0.3:
            row["household_id"] = ""
        if r.random() < 0.08:
            row["village_code"] = f"{_COUNTY}{r.randint(101, 103)}{r.randint(200, 205)}"
            row["address"] = f"小河村{r.randint(1, 9)}社{r.randint(1, 99)}号"
            row["household_id"] = row["lat"] = row["lon"] = ""
        elif r.random() < 0.3:
            door = p.door if r.random() < 0.8 else r.randint(1, 99)
            row["address"] = f"大湾第{'零一二三四五六七八九'[p.group]}村民小组{door}号"
        return row

    def _spoil(self, row: dict[str, str], p: _Person) -> None:
        r = self.random
        r.choices(
            (self._spoil_name, self._spoil_birth, self._spoil_id, self._spoil_sex),
            (45, 40, 25, 2),
        )[0](row, p)

    def _spoil_sex(self, row: dict[str, str], _p: _Person) -> None:
        row["sex"] = str(3 - int(row["sex"]))

    def _spoil_name(self, row: dict[str, str], _p: _Person) -> None:
        r, name = self.random, row["name"]
        how = r.choices(
            ("sound", "look", "drop", "order", "pinyin", "called"), (50, 15, 12, 6, 10, 7)
        )[0]
        at = r.randrange(1, len(name)) if len(name) > 1 and r.random() < 0.92 else 0
        if how == "sound":
            same = self._characters.get(syllables("阿" + name[at])[-1], [name[at]])
            row["name"] = name[:at] + r.choice(same) + name[at + 1 :]
        elif how == "look":
            near = [c for c in "".join(_GIVEN.values()) if look_alike(c, name[at])]
            row["name"] = name[:at] + r.choice(near or [name[at]]) + name[at + 1 :]
        elif how == "drop" and len(name) > 2:
            row["name"] = name[: max(at, 1)] + name[max(at, 1) + 1 :]
        elif how == "order" and len(name) == 3:
            row["name"] = name[0] + name[2] + name[1]
        elif how == "pinyin":
            words = syllables(name)
            row["name"] = r.choice((" ".join(words), "".join(words).upper()))
        elif how == "called":
            row["name"] = r.choice((name[0] + name[-1] * 2, "小" + name[-1]))

    def _spoil_birth(self, row: dict[str, str], p: _Person) -> None:
        r, born = self.random, p.birth
        how = r.choices(("lunar", "swap", "year", "0101", "digit"), (30, 12, 25, 18, 15))[0]
        told = (born.year, born.month, born.day)
        if how == "lunar":
            told = lunar(born) or told
        elif how == "swap":
            told = (born.year, born.day, born.month)
        elif how == "year":
            told = (born.year + r.choice((-1, 1)), born.month, born.day)
        elif how == "0101":
            told = (born.year, 1, 1)
        else:
            told = (born.year, born.month, max(1, (born.day + r.choice((-10, 10, 1, -1))) % 29))
        try:
            row["birth_date"] = date(*told).isoformat()
        except ValueError:
            return

    def _spoil_id(self, row: dict[str, str], _p: _Person) -> None:
        r, number = self.random, row["id_number"]
        if len(number) != 18:
            return
        how, at = r.choice(("digit", "digit", "swap", "old", "width")), r.randrange(6, 16)
        if how == "digit":
            row["id_number"] = number[:at] + r.choice("0123456789") + number[at + 1 :]
        elif how == "swap":
            row["id_number"] = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        elif how == "old" and number[6:8] == "19":
            row["id_number"] = number[:6] + number[8:17]
        elif how == "width":
            row["id_number"] = "'" + number.translate({48 + d: 0xFF10 + d for d in range(10)})

    def _exchange(self, rows: list[dict[str, str]]) -> None:
        """Couples and others of one house whose numbers were written to one another."""
        homes: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            homes.setdefault(row["household_id"], []).append(row)
        for house, members in homes.items():
            if house and len(members) > 1 and self.random.random() < 0.04:
                a, b = self.random.sample(members, 2)
                a["id_number"], b["id_number"] = b["id_number"], a["id_number"]
                for row in (a, b):
                    row["kind"] += "|exchanged"


def _spread(mean: float) -> tuple[float, float, float, float]:
    """Shares of records with none, one, two and three things wrong."""
    return 1 - mean * 0.62, mean * 0.45, mean * 0.13, mean * 0.04


_HOMOPHONES = (
    "瑛颖莹萤玮薇维炜洪宏鸿红桦骅嘉佳加勤琴沁峰锋枫凤丰敏闽珉静晶婧精丽莉立利俪梅玫媚"
    "平萍苹屏青清庆卿芹秦晨辰臣沉成诚程承志智治致祥翔详强蔷国果郭建健剑军君俊钧均雨宇"
    "玉瑜愉新欣鑫馨心霞夏侠艳燕雁彦颜娟涓绢桂贵归珍真贞针芬纷芳方坊兰岚蓝莲连廉香湘月"
    "悦跃春椿菊巨雪学薛婷亭庭怡宜仪仪佑友有梓紫子姿涵寒函晗诗师思丝斯琪奇琦祺齐慧惠会"
    "卉雅亚娅淑舒书叔素苏愫付傅傳肖阎闫代戴徐许余于"
)


def write(path: Path, seed: int, households: int = 5200, errors: float = 1.0) -> None:
    """Write a file in the columns that ``flask dedup evaluate`` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerows(County(seed, households, errors).rows())
