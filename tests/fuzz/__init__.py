"""Spoilt files by the thousand: `python -m tests.fuzz`."""
