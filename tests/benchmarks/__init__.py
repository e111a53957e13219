"""How many submissions a second, beside what this machine can do at best: ``make bench``."""
