"""Who stands at the terminal, where a command asks for a person with a right and not only for whoever may run it."""

import typer

from pipeline.access import permissions_of
from pipeline.entrance import Entrance, must_set_up
from pipeline.errors import Forbidden
from pipeline.password_door import PasswordDoor
from pipeline.second_factor import SecondFactor
from pipeline.settings import Settings
from pipeline.table_ports import Tables
from pipeline.tickets import ticket_secret
from schemas.access import Account, Permission
from schemas.people import Actor

_HERE = "terminal"


def vouched(settings: Settings, tables: Tables, login: str, permission: Permission) -> Actor:
    """The person of an account, by its password, and by a code where it has a second factor; both are asked for.

    Raises:
        Forbidden: wrong_password, wrong_code, too_many_tries; code_not_set_up, of who has to show codes and has none;
            not_permitted, also while its first password is not changed.
    """
    password = typer.prompt(f"Password of {login}", hide_input=True, err=True)
    entrance = Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60)
    secret = PasswordDoor(tables.accounts, tables.tries, entrance).enter(login, password, _HERE)
    if secret is None:
        raise Forbidden("wrong_password")
    try:
        account = _account_of(settings, tables, entrance, secret)
    finally:
        entrance.leave(secret)
    if account.must_change or permission not in permissions_of(account.roles):
        raise Forbidden("not_permitted", permission)
    return account.actor


def _account_of(settings: Settings, tables: Tables, entrance: Entrance, secret: str) -> Account:
    half, signed = entrance.half(secret), entrance.who(secret, by_person=True)
    if half is not None:
        code = typer.prompt("Code of six digits", err=True)
        SecondFactor(tables.accounts, tables.tries, ticket_secret(settings)).show(half[0], code, _HERE)
        return half[0]
    if signed is None:
        raise Forbidden("wrong_password")
    if must_set_up(signed):
        raise Forbidden("code_not_set_up")
    return signed.account
