"""The PWA: its packages and its build, each made anew only when its inputs have changed."""

from __future__ import annotations

from collections.abc import Mapping

from machine import node_environment
from stamps import Stamp, digest, files_below
from steps import ROOT, do, output

PWA = ROOT / "pwa"


def npm(title: str, *words: str, env: Mapping[str, str]) -> str:
    """Run npm in ``pwa``."""
    return do(title, ["npm", *words], env, cwd=PWA)


def packages() -> dict[str, str]:
    """Install what package-lock.json names; returns the environment to run npm in."""
    env = node_environment()
    node = output(["node", "--version"], env) or ""
    inputs = files_below(PWA / "package.json", PWA / "package-lock.json", PWA / ".npmrc")
    stamp = Stamp("npm", digest(inputs, node))
    if not (stamp.holds() and (PWA / "node_modules" / ".package-lock.json").is_file()):
        stamp.lift()
        npm("JavaScript packages", "ci", "--ignore-scripts", env=env)
        stamp.set()
    return env


def build(env: Mapping[str, str]) -> None:
    """Build the pages into ``pwa/dist``; what a build reads stands in pwa and schemas."""
    stamp = Stamp("pages", digest(files_below(PWA, ROOT / "schemas")))
    if not (stamp.holds() and (PWA / "dist").is_dir()):
        stamp.lift()
        npm("Pages", "run", "build", env=env)
        stamp.set()
