"""Which verdict may follow which state, and what a version does to it."""

from __future__ import annotations

_AWAITING = ("received", "corrected")


def may_decide(state: str, verdict: str) -> bool:
    """Whether a verdict may follow a state.

    An approval can be taken back by returning; a rejected submission can be approved after all;
    what waits for the doctor's correction is not decided again meanwhile.
    """
    if state in _AWAITING:
        return verdict in ("approved", "returned", "rejected")
    if state == "approved":
        return verdict in ("returned", "rejected")
    return state == "rejected" and verdict == "approved"


def is_awaiting(state: str) -> bool:
    """Whether it waits for somebody's eyes."""
    return state in _AWAITING


def state_after_version(state: str | None) -> str:
    """State of a submission when a version arrives: ``None`` is the first one."""
    return "received" if state is None else "corrected"
