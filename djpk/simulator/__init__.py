"""The world outside for demonstrations, training and tests: small servers that speak the documented protocols of
services nobody can have on a laptop, and requesters who write, call and read through them.

Nothing here writes into Dering's tables: what requesters do comes in by the hooks, the mail pipe and the widget.
"""
