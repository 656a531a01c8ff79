"""Tickets: the way years of exports from the former help desk come in, and go out again."""
