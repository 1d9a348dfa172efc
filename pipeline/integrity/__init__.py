"""Checks objects against their hashes and rows against objects, both ways, and puts right what can be.

Everything there is is divided into parts: folders of the store by the first characters of what their keys name. A check
of all looks at each part; a sample goes on where the last one ended, so that in time it has looked at all. While a part
is looked at, work goes on: what seems wrong is looked at once more before it is believed.
"""
