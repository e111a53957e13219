"""Queries on push addresses, reminders and tries."""
