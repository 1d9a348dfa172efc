"""`make screenshots`: every page in its main states, on the counter's screen and on a phone, from the real web process.

`registry` names each page once, and a test holds it complete; `office` makes the papers and people that are seen.
"""
