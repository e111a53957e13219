"""Robots of group chats: their addresses, what they are posted, what their answers mean."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote_plus

import orjson
import pytest

from backend.reminders.channels.group_chat import GroupChats
from backend.reminders.channels.guarded import GuardedSession
from backend.reminders.model import Outcome
from backend.reminders.rules.chats import Chat, chat_of, posting, read_robot

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.mark.parametrize(
    ("text", "chat"),
    [
        (f"wecombot://{KEY}", Chat("wecombot", KEY)),
        (f"wecombot://{KEY}/", Chat("wecombot", KEY)),
        ("dingtalk://abcdefgh12345678", Chat("dingtalk", "abcdefgh12345678")),
        ("dingtalk://SEC12345678@abcdefgh", Chat("dingtalk", "abcdefgh", "SEC12345678")),
        ("feishu://abcdefgh12345678", Chat("feishu", "abcdefgh12345678")),
    ],
)
def test_an_address_is_read_as_apprise_writes_it(text: str, chat: Chat) -> None:
    assert chat_of(text) == chat


@pytest.mark.parametrize(
    "text",
    ["", "https://10.0.0.1/", "wecombot://a/../b", "wecombot://x@y.example", "json://localhost"],
)
def test_nothing_else_is_an_address(text: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        chat_of(text)


def test_each_robot_is_posted_what_it_understands() -> None:
    url, body = posting(Chat("wecombot", KEY), "本周", NOW)
    assert url == f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
    assert orjson.loads(body) == {"msgtype": "text", "text": {"content": "本周"}}
    url, body = posting(Chat("feishu", "abcdefgh"), "本周", NOW)
    assert url == "https://open.feishu.cn/open-apis/bot/v2/hook/abcdefgh"
    assert orjson.loads(body) == {"msg_type": "text", "content": {"text": "本周"}}


def test_a_signed_message_is_signed_for_its_instant() -> None:
    url, _body = posting(Chat("dingtalk", "abcdefgh", "SEC12345678"), "本周", NOW)
    # printf '1795399200000\nSEC12345678' | openssl dgst -sha256 -hmac SEC12345678 -binary | base64
    signed = quote_plus("e+4YzmxCI7AEW30JVzfTDR3J7In7d5XJDpUiHrgkt/A=")
    assert url.endswith(f"access_token=abcdefgh&timestamp=1795399200000&sign={signed}")
    later, _body = posting(Chat("dingtalk", "abcdefgh", "SEC12345678"), "本周", NOW.replace(hour=3))
    assert url.rpartition("sign=")[2] != later.rpartition("sign=")[2]


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"errcode": 0, "errmsg": "ok"}', Outcome("accepted", 200)),
        (200, b'{"code": 0, "msg": "success"}', Outcome("accepted", 200)),
        (200, b'{"errcode": 45009}', Outcome("throttled", 200, detail="code_45009")),
        (200, b'{"errcode": 130101}', Outcome("throttled", 200, detail="code_130101")),
        (200, b'{"errcode": -1}', Outcome("failed", 200, detail="code_-1")),
        (200, b'{"errcode": 93000}', Outcome("refused", 200, detail="code_93000")),
        (200, b"<html>", Outcome("failed", 200, detail="no_answer")),
        (200, b"[]", Outcome("failed", 200, detail="no_answer")),
        (503, b"", Outcome("failed", 503)),
        (302, b"", Outcome("refused", 302)),
    ],
)
def test_what_a_robot_answers_is_understood(status: int, body: bytes, outcome: Outcome) -> None:
    assert read_robot(status, body, None, NOW) == outcome


def test_a_robot_whose_name_leads_inside_is_never_connected() -> None:
    session = GuardedSession(lambda _host, _port: [("10.0.0.7", 443)])
    chats = GroupChats({"431103101000": f"wecombot://{KEY}"}, lambda: NOW, session)
    assert chats.send("431103101000", "x") == Outcome("refused", detail="address_not_public")
    assert chats.send("431103102000", "x") == Outcome("refused", detail="no_chat")
