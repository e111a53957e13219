"""Names as they sound in the mountains of western Anhui, by sex and decade of birth.

The lists are our own, put together from common knowledge of naming fashions; nobody's name was
copied from a register.
"""

from __future__ import annotations

from random import Random

# Surname and share in thousandths; 储 is rare in the country and common in this county.
SURNAMES = {
    "王": 98, "储": 92, "刘": 78, "吴": 62, "胡": 52, "程": 48, "余": 46, "汪": 44, "徐": 42,
    "朱": 38, "张": 36, "方": 34, "李": 32, "陈": 30, "杨": 26, "金": 22, "崔": 20, "黄": 20,
    "彭": 18, "蒋": 17, "柳": 16, "聂": 15, "何": 14, "叶": 13, "殷": 12, "查": 11, "项": 10,
    "郑": 10, "冯": 9, "祝": 8, "谢": 7, "江": 6, "秦": 5, "葛": 4, "单": 2, "曾": 2, "欧阳": 1,
}  # fmt: skip

# Whole given names of the older generations.
OLD = {
    ("1", 1940): "德生 长根 国良 金生 元明 发根 茂林 家福 正荣 水生 宗汉 启贵 树堂 炳南 传根 学礼",
    ("2", 1940): "秀英 桂兰 玉兰 金莲 凤英 腊梅 翠娥 来香 月娥 桂枝 玉珍 春娥 银花 莲香 菊英 贵英",
    ("1", 1950): "建国 国庆 光荣 志和 绍东 爱民 援朝 克勤 向阳 中和 立新 玉成 有才 家旺 诗友 焰明",
    ("2", 1950): "秀兰 桂英 玉英 凤兰 爱华 素珍 桂香 冬梅 菊香 春兰 翠英 金枝 月英 荷花 水香 桃英",
    ("1", 1960): "建军 文革 卫东 和平 志强 国平 立志 会文 学军 红旗 跃进 先进 业成 昌盛 同春 泽民",
    ("2", 1960): "红梅 爱萍 桂芳 玉琴 彩霞 春桃 秀芳 菊花 杏花 丽华 凤琴 月琴 冬香 林香 小凤 双喜",
}

# First and second characters of the younger ones, by sex and decade.
YOUNG = {
    ("1", 1970): ("建 志 文 国 学 劲 向 海 永 正", "军 华 平 明 斌 林 松 生 胜 东"),
    ("2", 1970): ("红 丽 春 玉 小 秀 海 晓 冬 美", "梅 霞 燕 琴 芳 萍 云 香 玲 娟"),
    ("1", 1980): ("志 晓 海 文 永 世 光 少 俊 大", "伟 磊 勇 涛 峰 刚 超 飞 强 亮"),
    ("2", 1980): ("晓 丽 海 小 春 婷 雪 艳 亚 金", "燕 丽 娟 静 琴 敏 红 玲 霞 云"),
    ("1", 1990): ("俊 文 子 家 思 志 泽 宇 天 成", "杰 豪 鹏 辉 浩 凯 龙 斌 轩 博"),
    ("2", 1990): ("雅 思 雨 梦 婷 文 佳 晓 心 紫", "婷 琪 慧 倩 雪 洁 瑶 颖 丹 怡"),
    ("1", 2000): ("子 浩 宇 俊 文 家 思 志 天 嘉", "轩 宇 豪 然 涵 杰 阳 晨 睿 翔"),
    ("2", 2000): ("欣 雨 梦 子 佳 思 诗 雅 语 紫", "怡 涵 琪 妍 萱 悦 彤 雯 婷 洁"),
    ("1", 2010): ("子 梓 浩 宇 俊 沐 一 奕 泽 承", "轩 涵 宸 睿 辰 泽 诺 航 恩 晨"),
    ("2", 2010): ("梓 子 雨 欣 诗 语 若 可 一 依", "涵 萱 彤 妍 诺 汐 桐 瑶 熙 晴"),
    ("1", 2020): ("沐 奕 梓 景 知 予 亦 泽 云 书", "辰 宸 阳 泽 安 行 恒 舟 川 珩"),
    ("2", 2020): ("若 沐 语 安 知 芷 念 书 星 苡", "汐 然 宁 晴 瑶 初 禾 沫 桐 乔"),
}

HAMLETS = (
    "上湾组", "下湾组", "新屋组", "老屋组", "河边组", "庙前组", "大塘组", "枫林组",
    "桥头组", "竹园组", "岭头组", "油坊组", "茶厂组", "金竹组", "樟树组", "石门组",
)  # fmt: skip
"""Villagers' groups: ordinary names of hamlets, the same in every village."""


def surname(rng: Random) -> str:
    """A surname by its share in the region."""
    return rng.choices(list(SURNAMES), weights=list(SURNAMES.values()))[0]


def given_name(sex: str, birth_year: int, rng: Random) -> str:
    """A given name as people of that sex and decade have it; one in seven has one character."""
    decade = min(max(birth_year // 10 * 10, 1940), 2020)
    if decade < 1970:
        return rng.choice(OLD[sex, decade].split())
    first, second = (characters.split() for characters in YOUNG[sex, decade])
    tail = rng.choice(second)
    if decade < 2010 and rng.random() < 0.14:
        return tail
    head = rng.choice(first)
    return head + tail if head != tail else tail


def hamlet_count(households: int) -> int:
    """How many villagers' groups a village of so many sample households has."""
    return max(2, min(len(HAMLETS), households // 6))
