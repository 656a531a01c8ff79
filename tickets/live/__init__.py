"""Live updates: what a verb announces, the hub of each web process, the agents' socket and who is present.

A hint says which tickets changed, never what changed: pages fetch what they show through `access.py` as always.
Losing a hint loses nothing but time, so nothing here may make a verb fail or wait.
"""
