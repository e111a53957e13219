"""What this release is made of, as CycloneDX 1.6, from the two lock files alone."""

from __future__ import annotations

import base64
import json
import tomllib
from typing import Any

from steps import ROOT, VAR, say


def write() -> int:
    """Write ``var/sbom.json``."""
    file = VAR / "sbom.json"
    file.write_text(json.dumps(document(), indent=1) + "\n")
    say(f"{file}: {len(document()['components'])} components")
    return 0


def document() -> dict[str, Any]:
    """The parts of server and pages; those of tests and tools are marked as excluded."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "suifang"}},
        "components": list({one["purl"]: one for one in [*_python(), *_npm()]}.values()),
    }


def _python() -> list[dict[str, Any]]:
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    by_name = {one["name"]: one for one in locked}
    served, ahead = set(), [dep["name"] for dep in by_name["suifang"]["dependencies"]]
    while ahead:
        name = ahead.pop()
        if name not in served:
            served.add(name)
            ahead += [dep["name"] for dep in by_name[name].get("dependencies", ())]
            extras = by_name[name].get("optional-dependencies", {}).values()
            ahead += [dep["name"] for extra in extras for dep in extra]
    found = []
    for one in locked:
        if one["name"] == "suifang":
            continue
        files = [*([one["sdist"]] if "sdist" in one else []), *one.get("wheels", ())]
        hashes = [file["hash"].removeprefix("sha256:") for file in files]
        found.append(
            _part(
                "pypi", one["name"], one["version"], served=one["name"] in served,
                hashes=[{"alg": "SHA-256", "content": each} for each in hashes],
            )
        )  # fmt: skip
    return found


def _npm() -> list[dict[str, Any]]:
    locked = json.loads((ROOT / "pwa" / "package-lock.json").read_text("utf-8"))["packages"]
    found = []
    for path, one in locked.items():
        if not path or one.get("link"):
            continue
        name = one.get("name") or path.rpartition("node_modules/")[2]
        kind, _, digest = one.get("integrity", "").partition("-")
        hashes = (
            [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
            if kind == "sha512"
            else []
        )
        licence = one.get("license")
        found.append(
            _part(
                "npm", name, one["version"], served=not one.get("dev", False), hashes=hashes,
                licence=licence,
            )
        )  # fmt: skip
    return found


def _part(
    kind: str,
    name: str,
    version: str,
    *,
    served: bool,
    hashes: list[dict[str, str]],
    licence: str | None = None,
) -> dict[str, Any]:
    purl_name = name.replace("@", "%40", 1) if name.startswith("@") else name
    part: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:{kind}/{purl_name}@{version}",
        "bom-ref": f"pkg:{kind}/{purl_name}@{version}",
        "scope": "required" if served else "excluded",
    }
    if hashes:
        part["hashes"] = hashes
    if licence:
        part["licenses"] = [{"expression": licence}]
    return part
