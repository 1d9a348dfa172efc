"""Killing hoso at every step it takes, and proving afterwards that nothing is lost.

The product knows nothing of this: what a process does to disk and database is watched from outside of its code.
"""
