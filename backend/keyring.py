"""The secrets of an installation: made at first run, kept outside of the tree (S37).

Each is one file in ``var/secrets`` (folder 0700, files 0600) or one variable
``SUIFANG_SECRET_<NAME>``, written as base64url of 32 bytes:

=============== ================================================================================
File            What it is for, and what is lost with it
=============== ================================================================================
``jwt``         signs access tokens; losing it costs ten minutes
``refresh``     derives refresh tokens and keyed hashes of codes; losing it signs everybody out
``vault-<n>``   encrypts personal columns; losing it loses them. The highest number writes
``search``      keyed digests for equality search; losing it means re-indexing
``seal-<id>``   phones seal to it; losing it loses every unsent envelope in the field
``vapid``       private key of web push; losing it loses every push subscription. ``vapid-<id>``
                beside it takes over for new subscriptions (the highest id), the old ones go on
``sms``         shared with the SMS gateway: signs what we send it and what it reports back
=============== ================================================================================

From outside, several vault or seal keys are written ``<n>:<key>,<n>:<key>`` in one variable.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

_LENGTH = 32
_FEWEST_DIFFERENT_BYTES = 16  # 32 random bytes have fewer once in 10^10
_EXAMPLES = (b"change", b"secret", b"example", b"password", b"suifang", b"default", b"test")


class WeakSecret(Exception):
    """A secret that somebody could guess; the text names it, never its value."""


@dataclass(frozen=True)
class Secrets:
    """Secret bytes by use.

    :param vault: data keys by number; the highest writes
    :param seal: seeds of the seal keys by key id; the highest id is offered to phones
    :param vapid: P-256 private scalars of web push by key id; the highest id is offered, ``""`` is
        the first one
    """

    jwt: bytes
    refresh: bytes
    vault: Mapping[int, bytes]
    search: bytes
    seal: Mapping[str, bytes]
    vapid: Mapping[str, bytes]
    sms: bytes

    def __repr__(self) -> str:
        return "Secrets(...)"


def read_secrets(env: Mapping[str, str], folder: Path) -> Secrets:
    """Take each secret from the environment, else from its file, else make it.

    :raises WeakSecret: too short, too regular, or a known example
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seal_id = datetime.now(UTC).strftime("%y%m%d") + secrets.token_hex(2)
    with _alone(folder):
        vault = _several(env, folder, "vault", "1")
        if not all(number.isdecimal() and 0 <= int(number) <= 255 for number in vault):
            raise WeakSecret("vault keys are numbered 0 to 255")
        return Secrets(
            jwt=_single(env, folder, "jwt"),
            refresh=_single(env, folder, "refresh"),
            vault={int(number): key for number, key in vault.items()},
            search=_single(env, folder, "search"),
            seal=_several(env, folder, "seal", seal_id),
            vapid=_push_keys(env, folder),
            sms=_single(env, folder, "sms"),
        )


def _single(
    env: Mapping[str, str], folder: Path, name: str, make: Callable[[], bytes] | None = None
) -> bytes:
    text = env.get(f"SUIFANG_SECRET_{name.upper()}")
    if text is None:
        text = _read_or_make(folder / name, make or _random)
    return _checked(name, text)


def _several(env: Mapping[str, str], folder: Path, name: str, first: str) -> dict[str, bytes]:
    text = env.get(f"SUIFANG_SECRET_{name.upper()}")
    if text is not None:
        pairs = [part.strip().partition(":") for part in text.split(",")]
        return {number: _checked(f"{name}-{number}", key) for number, _, key in pairs}
    files = sorted(folder.glob(f"{name}-*"))
    if not files:
        _read_or_make(folder / f"{name}-{first}", _random)
        files = sorted(folder.glob(f"{name}-*"))
    return {
        path.name.removeprefix(f"{name}-"): _checked(path.name, path.read_text()) for path in files
    }


def _push_keys(env: Mapping[str, str], folder: Path) -> dict[str, bytes]:
    """From outside: ``<key>,<id>:<key>``, the first of all without an id."""
    text = env.get("SUIFANG_SECRET_VAPID")
    if text is not None:
        pairs = [part.strip().rpartition(":") for part in text.split(",")]
        return {key_id: _checked(f"vapid-{key_id}", key) for key_id, _, key in pairs}
    first = {"": _single(env, folder, "vapid", make=_vapid_scalar)}
    return first | {
        path.name.removeprefix("vapid-"): _checked(path.name, path.read_text())
        for path in sorted(folder.glob("vapid-*"))
    }


def named(held: Secrets) -> dict[str, str]:
    """Every secret as its file is named and written."""
    several = {
        **{f"vault-{number}": key for number, key in held.vault.items()},
        **{f"seal-{key_id}": key for key_id, key in held.seal.items()},
        **{f"vapid-{key_id}" if key_id else "vapid": key for key_id, key in held.vapid.items()},
    }
    single = {"jwt": held.jwt, "refresh": held.refresh, "search": held.search, "sms": held.sms}
    return {name: _encoded(key) for name, key in (several | single).items()}


def put_back(folder: Path, secrets_: Mapping[str, str], aside: str) -> None:
    """Put restored secrets in place of those of a fresh installation, which go into ``aside``.

    :raises WeakSecret: one of them is no secret of this house
    """
    for name, text in secrets_.items():
        _checked(name, text)
    with _alone(folder):
        kept = folder / aside
        kept.mkdir(mode=0o700)
        for path in folder.iterdir():
            if path.is_file() and not path.name.startswith("."):
                path.rename(kept / path.name)
        for name, text in secrets_.items():
            _write(folder / name, text)


def add_vault_key(folder: Path) -> int:
    """Make the key that personal columns are encrypted with from the next start on; its number."""
    with _alone(folder):
        number = 1 + max(int(path.name.removeprefix("vault-")) for path in folder.glob("vault-*"))
        _read_or_make(folder / f"vault-{number}", _random)
    return number


def add_push_key(folder: Path, key_id: str) -> None:
    """Make the key that new push subscriptions are bound to. One that is there is kept."""
    with _alone(folder):
        _read_or_make(folder / f"vapid-{key_id}", _vapid_scalar)


def _checked(name: str, text: str) -> bytes:
    lowered = text.strip().lower().encode(errors="replace")
    try:
        data = base64.b64decode(
            text.strip() + "=" * (-len(text.strip()) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        raise WeakSecret(f"the secret {name!r} is not base64url of {_LENGTH} bytes") from None
    if len(data) != _LENGTH:
        raise WeakSecret(f"the secret {name!r} has {len(data)} bytes; it needs {_LENGTH}")
    if len(set(data)) < _FEWEST_DIFFERENT_BYTES or any(
        word in lowered or word in data.lower() for word in _EXAMPLES
    ):
        raise WeakSecret(f"the secret {name!r} looks like an example; make a random one")
    return data


def _random() -> bytes:
    return secrets.token_bytes(_LENGTH)


def _vapid_scalar() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_numbers().private_value.to_bytes(_LENGTH, "big")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _acceptable(make: Callable[[], bytes], name: str) -> str:
    """A fresh secret that the check above will take: one in 10^7 random texts spells 'test'."""
    while True:
        text = _encoded(make())
        with contextlib.suppress(WeakSecret):
            _checked(name, text)
            return text


def _read_or_make(path: Path, make: Callable[[], bytes]) -> str:
    if not path.exists():
        _write(path, _acceptable(make, path.name))
    return path.read_text()


def _write(path: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(draft).rename(path)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Several processes may start at once; a seal key made twice would split them."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
