"""What may come in as a picture, and how its parts make a whole."""
