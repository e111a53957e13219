"""Decisions of the vaccination clinic."""
