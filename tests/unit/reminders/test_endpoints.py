"""Push addresses come from outside: S29, fault 62."""

from __future__ import annotations

import pytest

from backend.kernel.errors import Refusal
from backend.reminders.rules.endpoints import allowed_endpoint, checked_keys, is_public

HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".notify.windows.com")
P256DH = "BN6AZAjpBJ3m72M8uMnlfGkYE6AsuuI1e1A8W5H8S05rDbv2BvFksB-lCzxdAKAX7_KgY8oAZp80iVGnhQ-DgQA"
AUTH = "mFuTaU5JwfOZRTYorCMDVw"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://fcm.googleapis.com/fcm/send/d-x:APA91", None),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAA_b-c", None),
        ("https://wns2-sg2p.notify.windows.com/w/?token=BQY%2bx", None),
        ("https://fcm.googleapis.com:443/fcm/send/1", "https://fcm.googleapis.com/fcm/send/1"),
    ],
)
def test_addresses_of_known_push_services_are_taken(text: str, kept: str | None) -> None:
    assert allowed_endpoint(text, HOSTS) == (kept or text)


@pytest.mark.parametrize(
    "text",
    [
        "http://fcm.googleapis.com/fcm/send/1",
        "https://fcm.googleapis.com:8443/fcm/send/1",
        "https://fcm.googleapis.com:4430/1",
        "https://fcm.googleapis.com@evil.example/1",
        "https://user:word@fcm.googleapis.com/1",
        "https://evil.example/fcm.googleapis.com/1",
        "https://evilfcm.googleapis.com/1",
        "https://fcm.googleapis.com.evil.example/1",
        "https://fcm.googleapis.com./1",
        "https://notify.windows.com/1",
        "https://evilnotify.windows.com/1",
        "https://FCM.googleapis.com/1",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com#@evil.example/1",
        "https://fcm.googleapis.com\\@evil.example/1",
        "https://fcm.googleapis.com/1#x",
        "https://fcm.googleapis.com/\r\nHost: evil.example",
        "https://fcm.googleapis.com/1\n",
        " https://fcm.googleapis.com/1",
        "https://fcm。googleapis。com/1",
        "https://127.0.0.1/1",
        "https://2130706433/1",
        "https://[::1]/1",
        "https://localhost/1",
        "https:/fcm.googleapis.com/1",
        "//fcm.googleapis.com/1",
        "file:///etc/passwd",
        "gopher://fcm.googleapis.com/1",
        "",
        "https://fcm.googleapis.com/" + "a" * 2048,
    ],
)
def test_fault_62_hostile_addresses_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        allowed_endpoint(text, HOSTS)
    assert refused.value.code == "push_endpoint_refused"


def test_the_test_server_is_taken_only_where_it_is_set() -> None:
    url = "http://127.0.0.1:23456/push/1"
    assert allowed_endpoint(url, HOSTS, "http://127.0.0.1:23456") == url
    for other in (None, "http://127.0.0.1:2345", "http://127.0.0.1:23457"):
        with pytest.raises(Refusal):
            allowed_endpoint(url, HOSTS, other)
    with pytest.raises(Refusal):
        allowed_endpoint("http://127.0.0.1:23456@evil.example/1", HOSTS, "http://127.0.0.1:23456")


def test_keys_that_encrypt_are_taken() -> None:
    checked_keys(P256DH, AUTH)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        (P256DH, AUTH[:-3]),
        (P256DH, ""),
        (P256DH[:-4], AUTH),
        ("A" * 87, AUTH),  # 65 bytes, but no point of the curve
        ("", AUTH),
        ("***", AUTH),
    ],
)
def test_keys_that_cannot_encrypt_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(Refusal):
        checked_keys(p256dh, auth)


@pytest.mark.parametrize("address", ["142.250.72.10", "2607:f8b0::1", "64:ff9b::8efa:480a"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:c0a8:101::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_addresses_inside_are_never_public(address: str) -> None:
    assert not is_public(address)
