"""Virus checks of files that came in, by ClamAV's daemon where one is named (`DERING_CLAMD`)."""
