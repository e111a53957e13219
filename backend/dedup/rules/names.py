"""How two names compare: Han names, minority names with dots, pinyin, newborns without a name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.fuzz import ratio

from backend.dedup.rules.characters import look_alike, near_sound, simplified
from backend.residents.rules import clean_name, syllables

_ORDERS = "长次大二三四五小幼"
_UNNAMED = re.compile(
    rf"(?P<parent>.*?)(?:[之的](?P<order>[{_ORDERS}])?(?P<kind>[子女男婴孩儿])|"
    r"(?P<plain>女儿|儿子|婴儿|新生儿|宝宝|毛毛|女婴|男婴|之子|之女|待取名|未取名))儿?"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_ORDINAL = re.compile(r"[老大二三四五六小幺]+[大二三四五六妹娃弟姐哥幺毛伢女]?")
_COMPOUND = frozenset(
    {
        "欧阳", "上官", "司马", "诸葛", "慕容", "令狐", "司徒", "尉迟", "皇甫", "东方",
        "夏侯", "公孙", "长孙", "宇文", "端木", "申屠", "轩辕", "南宫", "西门", "百里",
        "呼延", "万俟", "闻人", "澹台", "淳于", "单于", "太史", "公冶", "宗政", "濮阳",
        "钟离", "赫连", "独孤",
    }
)  # fmt: skip
_MIN_LATIN = 75


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart.

    :param text: half width, simplified, without spaces and dots; Latin letters lower case
    :param surname: empty for names that have none: with dots, in Latin letters
    :param sounds: pinyin syllables; of a Latin name its words
    :param near: the same without the differences that many do not hear
    :param parts: of a name with dots
    :param unnamed: of a child without a name yet: ``?``, or which child it is (``长``)
    """

    text: str
    surname: str
    given: str
    sounds: tuple[str, ...]
    near: tuple[str, ...]
    parts: tuple[str, ...]
    is_latin: bool
    unnamed: str

    @property
    def spelled(self) -> str:
        """The name in Latin letters, without spaces."""
        return "".join(self.sounds)


@lru_cache(maxsize=50_000)
def read_name(typed: str) -> Name:
    """Take a name apart, however it was typed."""
    cleaned = simplified(clean_name(typed)).lower()
    if not _HAN.search(cleaned):
        words = re.findall(r"[a-z]+", _without_accents(cleaned))
        near = tuple(map(near_sound, words))
        return Name("".join(words), "", "", tuple(words), near, (), True, "")
    parts = tuple(p for p in re.split(r"[·.\-]", cleaned.replace(" ", "")) if p)
    text = "".join(parts)
    dotted = len(parts) > 1
    found = _UNNAMED.fullmatch(text)
    unnamed = "" if found is None else found["order"] or "?"
    sounds = syllables(text)
    if len(sounds) != len(text):  # something between the characters was read as one
        sounds = tuple(" ".join(syllables(one)) or one for one in text)
    head = 2 if text[:2] in _COMPOUND and len(text) > 2 else 1
    surname = "" if dotted or len(text) > 4 else text[:head]
    return Name(
        text=text,
        surname=surname,
        given=text[len(surname) :],
        sounds=sounds,
        near=tuple(map(near_sound, sounds)),
        parts=parts if dotted else (),
        is_latin=False,
        unnamed=unnamed,
    )


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=200_000)
def compare_names(typed_a: str, typed_b: str) -> str:
    """The likeliest way in which one name became the other.

    :returns: ``exact``, ``sound`` (the same when spoken, or pinyin), each ``_short`` for a name of
        two characters, which many share; ``near_sound``, ``look_alike`` (one character that looks
        alike), ``order``, ``part`` (something left out), ``spelling``, ``spelling_far`` (of a name
        with dots or in Latin letters), ``words``, ``word``, ``no_word`` (of several in
        Latin letters all are alike, some, none), ``called`` (a called-name that fits), ``unnamed``
        (a child without a name yet), ``unnamed_one_of`` (the same, one of several), ``one_differs``
        (one character of three: brothers, sisters, twins), ``given`` (another surname),
        ``surname`` (the surname alone), ``different``, ``other_child`` (first and second child),
        ``missing``
    """
    a, b = read_name(typed_a), read_name(typed_b)
    if not a.text or not b.text:
        return "missing"
    if a.text == b.text:
        return "exact_short" if len(a.text) == 2 else "exact"
    if a.unnamed or b.unnamed:
        return _unnamed(a, b)
    if a.is_latin or b.is_latin:
        return _latin(a, b)
    if a.sounds == b.sounds:
        return "sound_short" if len(a.text) == 2 else "sound"
    if len(a.text) > 4 or len(b.text) > 4 or a.parts or b.parts:
        return _long(a, b)
    if a.near == b.near:
        return "near_sound"
    return _han(a, b)


def _unnamed(a: Name, b: Name) -> str:
    if not a.unnamed or not b.unnamed:
        return "unnamed" if "?" in {a.unnamed, b.unnamed} else "unnamed_one_of"
    orders = {a.unnamed, b.unnamed} - {"?"}
    is_other = len(orders) > 1 and len(orders & {"长", "大"}) == 1
    return "other_child" if is_other else "unnamed"


def _latin(a: Name, b: Name) -> str:
    one, other = a.spelled, b.spelled
    if one == other:
        return "sound"
    if sorted(a.sounds) == sorted(b.sounds) or _turned(a, b) or _turned(b, a):
        return "sound"
    if "".join(a.near) == "".join(b.near):
        return "near_sound"
    if a.is_latin and b.is_latin and min(len(a.sounds), len(b.sounds)) > 1:
        return _words(a, b)
    alike = ratio(" ".join(sorted(a.sounds)), " ".join(sorted(b.sounds)))
    alike = max(alike, ratio(one, other))
    if alike >= _MIN_LATIN + 10:
        return "spelling"
    if one.startswith(other) or other.startswith(one):
        return "part"
    return "spelling_far" if alike >= _MIN_LATIN else "different"


def _words(a: Name, b: Name) -> str:
    """Given name and surname in whatever order they stand, each with its slips."""
    few, many = sorted((a.sounds, b.sounds), key=len)
    kept = sum(max(ratio(one, other) for other in many) >= _MIN_LATIN for one in few)
    if kept == len(few) or ratio(a.spelled, b.spelled) >= _MIN_LATIN + 10:
        return "words"
    return "word" if kept else "no_word"


def _turned(latin: Name, han: Name) -> bool:
    """Surname last: ``jiayi wang``, or the surname apart in another way."""
    if not latin.is_latin or han.is_latin:
        return False
    head = len(han.surname) or 1
    return latin.spelled == "".join(han.sounds[head:] + han.sounds[:head])


def _long(a: Name, b: Name) -> str:
    """Names of more than four characters: other spellings of the same sounds, or the first part."""
    parts_a, parts_b = a.parts or (a.text,), b.parts or (b.text,)
    short, long = sorted((a.text, b.text), key=len)
    if len(short) > 1 and (long.startswith(short) or short == (parts_a + parts_b)[-1]):
        return "part"
    alike = ratio(a.spelled, b.spelled)
    if alike >= 88:
        return "spelling"
    if len(parts_a) > 1 and len(parts_b) > 1:
        first = ratio("".join(syllables(parts_a[0])), "".join(syllables(parts_b[0])))
        last = ratio("".join(syllables(parts_a[-1])), "".join(syllables(parts_b[-1])))
        if min(first, last) >= _MIN_LATIN:
            return "spelling"
        return "surname" if last >= _MIN_LATIN + 10 else "different"
    if len(parts_a) != len(parts_b):
        # one with its dot and one without, or the first part alone in other characters
        part, whole = (a, b) if len(a.text) <= len(b.text) else (b, a)
        head = whole.sounds[: len(part.sounds)]
        if len(part.sounds) >= 2 and ratio("".join(part.sounds), "".join(head)) >= 85:
            return "part"
    return "spelling_far" if alike >= _MIN_LATIN else "different"


def _han(a: Name, b: Name) -> str:
    same_surname = near_sound_of(a) == near_sound_of(b)
    if len(a.text) == len(b.text):
        return _same_length(a, b, same_surname)
    short, long = (a, b) if len(a.text) < len(b.text) else (b, a)
    if _called(short, long) or _called(long, short):
        return "called"
    if same_surname and len(long.text) - len(short.text) == 1 and _left_out(short, long):
        return "part"
    return "surname" if same_surname else "different"


def near_sound_of(name: Name) -> tuple[str, ...]:
    """The surname as it sounds."""
    return name.near[: max(1, len(name.surname))]


def _left_out(short: Name, long: Name) -> bool:
    return any(
        short.near == (*long.near[:i], *long.near[i + 1 :]) for i in range(1, len(long.near))
    )


def _same_length(a: Name, b: Name, same_surname: bool) -> str:
    differing = [i for i in range(len(a.text)) if a.near[i] != b.near[i]]
    if _called(a, b) or _called(b, a):
        return "called"
    if same_surname and len(a.text) > 2 and sorted(a.near) == sorted(b.near):
        return "order"
    if len(differing) == 1:
        at = differing[0]
        if look_alike(a.text[at], b.text[at]):
            return "look_alike"
        if at == 0:
            return "given" if len(a.text) > 2 else "different"
        if len(a.text) > 2:
            return "one_differs"
    return "surname" if same_surname else "different"


def _called(called: Name, full: Name) -> bool:
    """A called-name that fits: 小芳 and 王会会 of 王某芳, 王某会; 老二; 曾于氏 of 于某某."""
    text = called.text
    if len(text) >= 3 and text.endswith("氏"):
        return full.surname in (text[-2:-1], text[:1])
    if len(text) == 2 and text[0] in "小阿":
        return text[1] in full.given
    if not called.given:
        return False
    if called.surname == full.surname:
        given = called.given
        if len(given) == 2 and given[0] in "小阿" and given[1] in full.given[-1:]:
            return True
        if len(given) == 2 and given[0] == given[1]:
            return len(full.given) == 2 and given[0] in full.given
        return bool(_ORDINAL.fullmatch(given)) and len(given) == 2
    return bool(_ORDINAL.fullmatch(text)) and len(text) == 2


def distance(a: str, b: str) -> int:
    """Edits between two numbers, neighbours exchanged counting as one."""
    return int(DamerauLevenshtein.distance(a, b))
