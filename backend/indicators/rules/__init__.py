"""Pure decisions about figures: reading indicators, counting a subject, adding up, scoring."""
