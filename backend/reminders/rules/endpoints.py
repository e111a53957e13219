"""Which push addresses may be connected to. They come from outside and are believed in nothing.

Source: reliability-and-security S29, fault 62; checked at subscribing and again at sending.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from backend.kernel.errors import Refusal
from backend.kernel.sealing import read_device_key, unb64

LONGEST_ENDPOINT = 2048
_URL = re.compile(
    r"https://(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9]))(?::443)?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)"
)
_NAT64 = IPv6Network("64:ff9b::/96")


def allowed_endpoint(text: str, hosts: Sequence[str], test_origin: str | None = None) -> str:
    """The address in the one form we use.

    :param hosts: allowed host names; a leading dot means every host below
    :param test_origin: ``http://127.0.0.1:PORT`` of a push server for tests
    :raises Refusal: ``push_endpoint_refused``
    """
    if len(text) > LONGEST_ENDPOINT:
        raise Refusal("push_endpoint_refused", why="too_long")
    if test_origin is not None and re.fullmatch(re.escape(test_origin) + r"/[\w./-]*", text):
        return text
    found = read_https(text)
    if found is None:
        raise Refusal("push_endpoint_refused", why="not_a_push_url")
    host, path = found
    if not any(host.endswith(name) if name.startswith(".") else host == name for name in hosts):
        raise Refusal("push_endpoint_refused", why="host_not_allowed")
    return f"https://{host}{path}"


def read_https(text: str) -> tuple[str, str] | None:
    """Host and path of an https address on port 443 without a user part; nothing of any other."""
    found = _URL.fullmatch(text)
    return None if found is None else (found["host"], found["path"])


def checked_keys(p256dh: str, auth: str) -> None:
    """Make sure that a message could be encrypted for these keys (RFC 8291).

    :raises Refusal: ``push_endpoint_refused``
    """
    try:
        read_device_key(unb64(p256dh))
        if len(unb64(auth)) == 16:
            return
    except ValueError as error:
        raise Refusal("push_endpoint_refused", why="keys_unusable") from error
    raise Refusal("push_endpoint_refused", why="keys_unusable")


def is_public(address: str) -> bool:
    """True for an address of the public internet, also where IPv6 carries an IPv4 one."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.teredo is not None:
            return False
        carried = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            carried = IPv4Address(int(ip) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(str(carried))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
