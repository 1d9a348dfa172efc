"""What each role permits. Whoever has no role may do nothing, and nobody may do what is not listed here.

Administrators manage accounts and see no paper; auditors see who looked and see no paper; heads see their office's work
but answer and confirm nothing; two of them together may destroy papers that need be kept no longer. Several roles add
up: in a small commune one officer is counter and reviewer.
"""

from collections.abc import Collection, Iterable

from schemas.access import Permission, Purpose, Role

PERMITTED: dict[Role, frozenset[Permission]] = {
    "counter": frozenset(
        {
            "citizens.open",
            "dossiers.read",
            "dossiers.write",
            "papers.confirm",
            "papers.read",
            "papers.receive",
            "work.read",
            "work.retry",
        }
    ),
    "reviewer": frozenset({"dossiers.read", "papers.read", "review.answer", "work.read"}),
    "head": frozenset(
        {"dossiers.read", "export.read", "figures.read", "log.read", "papers.destroy", "papers.read", "work.read"}
    ),
    "auditor": frozenset({"figures.read", "log.read"}),
    "service": frozenset(
        {
            "dossiers.read",
            "dossiers.write",
            "export.read",
            "metrics.read",
            "papers.deliver",
            "papers.read",
            "papers.receive",
        }
    ),
    "administrator": frozenset({"accounts.manage", "hooks.manage", "metrics.read", "work.read", "work.retry"}),
}


AT_CENTRE: frozenset[Permission] = frozenset(
    {"citizens.open", "dossiers.write", "papers.confirm", "papers.destroy", "review.answer"}
)
"""What nobody may do on a counter's machine that hands everything over to a centre: it would not come there."""


SHOWING_A_CODE: frozenset[Role] = frozenset({"administrator", "head"})
"""Who shows a second factor beside a password (ASVS 4.0.3, 4.3.1): they let others in, and approve destructions."""


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles permit together."""
    return frozenset().union(*(PERMITTED[role] for role in roles))


SAID: tuple[tuple[Purpose, Permission], ...] = (
    ("citizen_request", "citizens.open"),
    ("dossier", "dossiers.read"),
    ("review", "review.answer"),
    ("supervision", "log.read"),
)
"""What may be said to look for papers, each by whose work it is. A visit is not said but opened."""


def purposes_of(permissions: Collection[Permission]) -> tuple[Purpose, ...]:
    """What somebody with these permissions may say to look for."""
    return tuple(purpose for purpose, permission in SAID if permission in permissions)
