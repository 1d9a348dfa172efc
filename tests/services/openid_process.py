"""The process of the test's OpenID provider: Django OAuth Toolkit, which shares no code with the library hoso uses.

python -m tests.services.openid_process FOLDER PORT CLIENT_ID CLIENT_SECRET OUR_ADDRESS
"""

import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from tests.services.openid import PEOPLE, PROVIDER_PASSWORD

_SIGN_IN_PAGE = "<form method=post>{% csrf_token %}{{ form }}<button>Đăng nhập</button></form>"
_APPS = ("auth", "contenttypes", "sessions", "messages")
_MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
urlpatterns: list[Any] = []
"""Django looks for them under this name."""


def main() -> None:
    """Serve until ended."""
    folder, port, client_id, client_secret, ours = sys.argv[1:]
    _configure(Path(folder), int(port))
    django.setup()
    call_command("migrate", verbosity=0)
    _enter_people_and_client(client_id, client_secret, ours)
    _route()
    with make_server("127.0.0.1", int(port), get_wsgi_application(), handler_class=WSGIRequestHandler) as server:
        server.serve_forever()


def _configure(folder: Path, port: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    settings.configure(
        SECRET_KEY="of a test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,  # This module is its own table of addresses.
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.db")}},
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in _APPS), "oauth2_provider"],
        MIDDLEWARE=list(_MIDDLEWARE),
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", {"registration/login.html": _SIGN_IN_PAGE}),
                        "django.template.loaders.app_directories.Loader",
                    ],
                },
            }
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "OIDC_RSA_PRIVATE_KEY": pem,
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OAUTH2_VALIDATOR_CLASS": "tests.services.openid_claims.Claims",
            "SCOPES": {"openid": "who you are", "profile": "your name"},
            "PKCE_REQUIRED": True,
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        },
    )


def _enter_people_and_client(client_id: str, client_secret: str, ours: str) -> None:
    # Django's models can be imported once it is configured.
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from oauth2_provider.models import get_application_model  # noqa: PLC0415

    for login, (first, last) in PEOPLE.items():
        get_user_model().objects.create_user(login, password=PROVIDER_PASSWORD, first_name=first, last_name=last)
    get_application_model().objects.create(
        client_id=client_id,
        client_secret=client_secret,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        algorithm="RS256",
        skip_authorization=True,
        redirect_uris=f"{ours}/sign-in/provider/return",
        post_logout_redirect_uris=f"{ours}/sign-in",
    )


def _route() -> None:
    from django.contrib.auth.views import LoginView  # noqa: PLC0415
    from django.urls import include, path  # noqa: PLC0415

    urlpatterns.extend([path("o/", include("oauth2_provider.urls")), path("login/", LoginView.as_view())])


if __name__ == "__main__":
    main()
