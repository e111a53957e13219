"""Queries on the accounts' tables, one module a subject."""
