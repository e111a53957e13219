"""The secrets that accounts need, handed in by whoever calls."""

from __future__ import annotations

from dataclasses import dataclass

from backend.kernel.vault import Vault


@dataclass(frozen=True)
class Keys:
    """Secrets of the installation.

    :param vault: encrypts authenticator secrets and makes the keyed digests of codes
    :param refresh: derives refresh tokens
    """

    vault: Vault
    refresh: bytes
