"""Every route beside what it asks of whom: the table of docs/permissions.md, and what the tests of rights go through.

python -m tests.permissions > docs/permissions.md
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple, get_args

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from pipeline.access import PERMITTED
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.signed_in import Needs, Open
from schemas.access import Permission, Role

ROLES: tuple[Role, ...] = get_args(Role)
_HEAD = """# Who may do what

Every route of the web process, beside the one permission it asks for and the roles that have it. Written by
`make permissions` from the routes themselves; a test holds it current, and others try each route with each role.

"""


class Asked(NamedTuple):
    """A route and method. `permission` None: everybody who is signed in, or everybody at all where `is_open`."""

    method: str
    path: str
    permission: Permission | None
    is_open: bool

    def admits(self, role: Role | None) -> bool:
        """Whether this role may; None: nobody is signed in."""
        if self.is_open or role is None:
            return self.is_open
        return self.permission is None or self.permission in PERMITTED[role]

    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(re.findall(r"{(\w+)(?::\w+)?}", self.path))

    def address(self, ids: dict[str, str]) -> str:
        """The path with these ids in it."""
        return re.sub(r"{(\w+)(?::\w+)?}", lambda name: ids[name[1]], self.path)


def routes_of(app: FastAPI) -> list[Asked]:
    """All routes with what they ask, by path."""
    routes = [one.original_route for one in iter_route_contexts(app.routes)]
    found = (
        Asked(method, route.path, asked.permission if isinstance(asked, Needs) else None, isinstance(asked, Open))
        for route in routes
        if isinstance(route, APIRoute)
        for asked in [_declared(route)]
        for method in (route.methods or set()) - {"HEAD"}
    )
    return sorted(found, key=lambda route: (route.path, route.method))


def _declared(route: APIRoute) -> Needs | Open:
    (asked,) = (one.call for one in route.dependant.dependencies if isinstance(one.call, Needs | Open))
    return asked


def table(routes: list[Asked]) -> str:
    """The Markdown of docs/permissions.md."""
    lines = [f"| Route | Permission | {' | '.join(ROLES)} |", "|---|---|" + ":-:|" * len(ROLES)]
    for route in routes:
        asked = "open to everybody" if route.is_open else route.permission or "signed in"
        marks = " | ".join("x" if route.admits(role) else "" for role in ROLES)
        lines.append(f"| `{route.method} {route.path}` | {asked} | {marks} |")
    return _HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as home:
        sys.stdout.write(table(routes_of(build_app(Settings(home=Path(home))))))


if __name__ == "__main__":
    main()
