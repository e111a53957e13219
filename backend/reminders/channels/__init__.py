"""The rungs of the ladder. Only the worker process imports them: nobody else goes out (S30)."""
