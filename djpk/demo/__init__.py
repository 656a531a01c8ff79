"""Demonstration data: three months of records, the snapshots before them, and open work for today.

`plans` says how many of what, `skeleton` spreads it over tickets, `timing` sets the clocks, `texts` and
`people` give words and names, `writing` stores it all. No random numbers, no clock: the same data each time.
"""
