"""Queries on residents and households (``people``), and on caregivers (``family``)."""
