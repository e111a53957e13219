"""A county's year of reminders: its people, the world around it, its workers, the judgement."""
