"""Connections as administrators see them: what each needs, how it does, whether it works."""
