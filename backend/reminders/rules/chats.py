"""Group chats of a township's staff: how their robots are addressed, and what they answer.

Addresses are written as apprise writes them, so that whoever knows those finds them familiar:
``wecombot://KEY``, ``dingtalk://TOKEN`` or ``dingtalk://SECRET@TOKEN``, ``feishu://TOKEN``.

Sources [secondary]: the makers' pages on group robots (developer.work.weixin.qq.com, path 91770;
open.dingtalk.com, custom robot, with its signing; open.feishu.cn, custom bot).
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID, uuid5

import orjson

from backend.reminders.model import ACCEPTED, NOT_DELIVERED, REFUSED, THROTTLED, Outcome
from backend.reminders.rules.outcomes import read_answer

_ADDRESS = re.compile(
    r"(?P<kind>wecombot|dingtalk|feishu)://(?:(?P<secret>[\w-]{8,128})@)?(?P<key>[\w-]{8,128})/?"
)
_URLS = {
    "wecombot": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/",
}
_TOO_MANY = {45009, 130101, 9499, 11232}
"""Codes for "too many messages": WeCom, DingTalk, Feishu twice."""
_BUSY = {-1}
_CHATS = UUID("6f0a3c52-5c0e-4c7a-9b55-0b8e1f0f2a11")


@dataclass(frozen=True)
class Chat:
    """A robot's address. :param secret: what DingTalk's messages are signed with, where it asks"""

    kind: str
    key: str
    secret: str | None = None


def chat_of(text: str) -> Chat:
    """:raises ValueError: none of the addresses we know"""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or (found["secret"] and found["kind"] != "dingtalk"):
        raise ValueError("no address of a chat robot")
    return Chat(found["kind"], found["key"], found["secret"])


def chat_id(area_code: str) -> str:
    """A chat as an addressee of reminders: one an area."""
    return str(uuid5(_CHATS, area_code))


def posting(chat: Chat, text: str, now: datetime) -> tuple[str, bytes]:
    """Where to post, and what."""
    url = _URLS[chat.kind] + chat.key
    if chat.secret is not None:
        millis = str(int(now.timestamp() * 1000))
        mark = hmac.new(chat.secret.encode(), f"{millis}\n{chat.secret}".encode(), sha256).digest()
        url += f"&timestamp={millis}&sign={quote_plus(b64encode(mark))}"
    body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}}
    if chat.kind == "feishu":
        body = {"msg_type": "text", "content": {"text": text}}
    return url, orjson.dumps(body)


def read_robot(status: int, content: bytes, retry_after: str | None, now: datetime) -> Outcome:
    """Robots answer 200 to everything; what they mean stands in the body."""
    outcome = read_answer(status, retry_after, now)
    if outcome.kind != ACCEPTED:
        return outcome
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError:
        said = None
    code = said.get("errcode", said.get("code")) if isinstance(said, dict) else None
    if not isinstance(code, int):
        return Outcome(NOT_DELIVERED, status, detail="no_answer")
    if code == 0:
        return Outcome(ACCEPTED, status)
    kind = THROTTLED if code in _TOO_MANY else NOT_DELIVERED if code in _BUSY else REFUSED
    return Outcome(kind, status, detail=f"code_{code}")
