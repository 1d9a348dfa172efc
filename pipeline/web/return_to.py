"""Where to go on after signing in: only ever a page of ours."""

import re

_PAGE = re.compile(r"/(?![/\\])[A-Za-z0-9._~/?&=%:,@+-]*")
_LONGEST = 500


def safe_path(wanted: str) -> str:
    r"""The path if it can only lead to a page of ours, else `/`.

    `//host`, `/\host`, tabs and line breaks, which browsers skip, lead elsewhere; signing in is no place to return to.
    """
    ours = len(wanted) <= _LONGEST and _PAGE.fullmatch(wanted) is not None
    return wanted if ours and not wanted.startswith(("/sign-in", "/sign-out", "/api/")) else "/"
