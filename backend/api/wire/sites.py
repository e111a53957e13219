"""Sites as they travel."""

from __future__ import annotations

from typing import Any

from backend.api.wire.residents import point
from backend.sites import model


def site(noun: model.Site) -> dict[str, Any]:
    """A site as phones keep it. Twin of ``Site`` in pwa/src/api/wire.ts."""
    return {
        name: getattr(noun, name)
        for name in (
            "id", "village_code", "name", "type", "address", "contact_name", "phone", "status",
            "merged_into", "details",
        )
    } | {
        "place": point(noun.place),
        "registered_on": noun.registered_on and noun.registered_on.isoformat(),
    }  # fmt: skip
