"""Who stands at the terminal, where a command asks for a person with a right and not only for whoever may run it."""

import typer

from pipeline.entrance import Entrance
from pipeline.errors import Forbidden
from pipeline.password_door import PasswordDoor
from pipeline.settings import Settings
from pipeline.table_ports import Tables
from schemas.access import Permission
from schemas.people import Actor


def vouched(settings: Settings, tables: Tables, login: str, permission: Permission) -> Actor:
    """The person of an account, by its password, which is asked for.

    Raises:
        Forbidden: wrong_password, too_many_tries; not_permitted, also while its first password is not changed.
    """
    password = typer.prompt(f"Password of {login}", hide_input=True, err=True)
    entrance = Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60)
    secret = PasswordDoor(tables.accounts, tables.tries, entrance).enter(login, password, "terminal")
    signed = entrance.who(secret, by_person=True) if secret is not None else None
    if secret is None or signed is None:
        raise Forbidden("wrong_password")
    entrance.leave(secret)
    if signed.account.must_change or not signed.may(permission):
        raise Forbidden("not_permitted", permission)
    return signed.actor
