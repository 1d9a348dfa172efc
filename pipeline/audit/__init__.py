"""The access log that cannot be changed unseen: closing its days, checking them, taking them out, and its reports.

Entries are chained by the database as they are written (`pipeline/chain.py`). Here the ends of the chain are laid where
who changes the database cannot follow: every few minutes the newest head into the store, every night the whole day into
the store's locked part, and both into a place elsewhere, if there is one.
"""
