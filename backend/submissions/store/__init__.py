"""Queries on submissions, by subject: receipts, submissions, quarantine, pages of the desk."""
