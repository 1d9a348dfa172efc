"""Signing in by an OpenID Connect provider: authorization code with PKCE, by Authlib.

OpenID Connect Core 1.0, RP-Initiated Logout 1.0 and Back-Channel Logout 1.0; RFC 7636 (PKCE), RFC 9207 (`iss` in the
answer), RFC 9700 (good practice).
"""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import is_secure_transport
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import ConfigDict, ValidationError

from pipeline.errors import Forbidden, Misconfigured, ServiceUnavailable
from schemas.base import Value

_DISCOVERY = "/.well-known/openid-configuration"
_TIMEOUT_S = 5.0
_KNOWN_S = 3600.0
"""What the provider says of itself, and its keys, are asked for again after an hour."""
_LEEWAY_S = 60
_SIGN_OUT = "http://schemas.openid.net/event/backchannel-logout"
_SIGN_OUT_S = 600
"""A message that somebody has signed out is not believed after ten minutes: kept back, it would end later sessions."""
_SIGNATURES = JWSRegistry(algorithms=["RS256", "PS256", "ES256", "ES384", "EdDSA"], strict_check_header=False)
"""Of the provider's private keys only: with HS256 whoever knows our client secret could sign for it."""


class Person(Value):
    """Whom the provider has recognised: `subject` is `issuer subject`, `name` may be empty."""

    subject: str
    name: str


class _Metadata(Value):
    """What we need of OpenID Connect Discovery 1.0, section 3."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None


class OpenIdProvider:
    """One provider, asked when somebody signs in by it. What it is asked about itself is remembered for an hour."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        """Args: issuer: its URL, `https` except on this machine; the others as registered with it.

        Raises: Misconfigured (bad_setting).
        """
        if not is_secure_transport(issuer) or not client_id:
            raise Misconfigured("bad_setting", "HOSO_OIDC_ISSUER, HOSO_OIDC_CLIENT_ID")
        self._issuer, self._client_id, self._client_secret = issuer, client_id, client_secret
        self._metadata: tuple[float, _Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def sign_in_url(self, secret: str, return_uri: str, language: str) -> str:
        """Where to send a browser that signs in.

        Args:
            secret: a random one of this sign-in, which only the browser keeps; state, nonce and code verifier are
                derived from it.
            return_uri: where the provider sends the browser back to.
            language: `vi` or `en`, for the provider's page.

        Raises:
            ServiceUnavailable: provider_away.

        """
        url, _ = self._client(None, return_uri).create_authorization_url(
            self._told().authorization_endpoint,
            state=_derived(secret, "state"),
            nonce=_derived(secret, "nonce"),
            code_verifier=_derived(secret, "verifier"),
            ui_locales=language,
            # Counters are shared: whoever sat here before may still be signed in to the provider.
            prompt="login",
        )
        return str(url)

    def recognised(self, secret: str, return_uri: str, answer: Mapping[str, str]) -> Person:
        """Whom the provider vouches for by the parameters that the browser came back with.

        Raises:
            Forbidden: (provider_refused) it does not, or the answer is not to this browser's question.
            ServiceUnavailable: provider_away.

        """
        known_issuer = answer.get("iss", self._issuer) == self._issuer
        if not hmac.compare_digest(answer.get("state", ""), _derived(secret, "state")) or not known_issuer:
            raise Forbidden("provider_refused", "state")
        if not answer.get("code"):
            raise Forbidden("provider_refused")
        token = self._token(secret, return_uri, answer["code"])
        claims = self._claims(str(token.get("id_token", "")), str(token.get("access_token", "")), secret)
        name = claims.get("name") or claims.get("preferred_username") or ""
        return Person(subject=f"{self._issuer} {claims['sub']}", name=str(name)[:200])

    def signed_out(self, logout_token: str) -> str:
        """Who has signed out at the provider, as it tells us itself (Back-Channel Logout 1.0, 2.6): `issuer subject`.

        A message that names a session of the provider's and nobody is refused: those are not known here.

        Raises:
            Forbidden: (provider_refused) it is not the provider's, not for us, too old, or of something else.
            ServiceUnavailable: provider_away.

        """
        try:
            told = self._decoded(logout_token).claims
            told_at = float(told.get("iat", 0))
        except (JoseError, ValueError, TypeError) as error:
            raise Forbidden("provider_refused", type(error).__name__) from None
        audience = told.get("aud")
        ours = told.get("iss") == self._issuer and self._client_id in (
            audience if isinstance(audience, list) else [audience]
        )
        events = told.get("events")
        meant = isinstance(events, dict) and isinstance(events.get(_SIGN_OUT), dict) and "nonce" not in told
        age_s = time.time() - told_at
        if not (ours and meant and told.get("sub")) or not -_LEEWAY_S <= age_s <= _SIGN_OUT_S:
            raise Forbidden("provider_refused", "logout")
        return f"{self._issuer} {told['sub']}"

    def sign_out_url(self, return_uri: str) -> str | None:
        """Where to send a browser so that the provider's own session ends as well; None: it has no such page.

        Without a hint of who it is: that would be an ID token, with his name, in an address.
        Raises: ServiceUnavailable (provider_away).
        """
        page = self._told().end_session_endpoint
        query = urlencode({"client_id": self._client_id, "post_logout_redirect_uri": return_uri})
        return page and f"{page}{'&' if '?' in page else '?'}{query}"

    def _client(self, session: httpx.Client | None, return_uri: str) -> OAuth2Client:
        return OAuth2Client(
            session,
            client_id=self._client_id,
            scope="openid profile",
            redirect_uri=return_uri,
            code_challenge_method="S256",
        )

    def _token(self, secret: str, return_uri: str, code: str) -> Mapping[str, object]:
        endpoint = self._told().token_endpoint
        try:
            with httpx.Client(timeout=_TIMEOUT_S) as session:
                token: Mapping[str, object] = self._client(session, return_uri).fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=_derived(secret, "verifier"),
                    auth=(self._client_id, self._client_secret),
                )
        except AuthlibBaseError:
            raise Forbidden("provider_refused", "token") from None
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceUnavailable("provider_away", type(error).__name__) from None
        return token

    def _claims(self, id_token: str, access_token: str, secret: str) -> CodeIDToken:
        try:
            token = self._decoded(id_token)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {
                    "nonce": _derived(secret, "nonce"),
                    "client_id": self._client_id,
                    "access_token": access_token,
                },
            )
            claims.validate(leeway=_LEEWAY_S)
        except (JoseError, AuthlibBaseError, ValueError) as error:
            raise Forbidden("provider_refused", type(error).__name__) from None
        return claims

    def _decoded(self, signed: str) -> jwt.Token:
        """What the provider has signed. Raises: JoseError, ValueError."""
        try:
            return jwt.decode(signed, self._known_keys(), registry=_SIGNATURES)
        except (JoseError, ValueError):  # Perhaps it signs with a new key.
            self._keys = None
            return jwt.decode(signed, self._known_keys(), registry=_SIGNATURES)

    def _told(self) -> _Metadata:
        """What the provider says of itself."""
        if self._metadata is None or time.monotonic() - self._metadata[0] > _KNOWN_S:
            try:
                found = _Metadata.model_validate(_fetched(self._issuer.rstrip("/") + _DISCOVERY))
            except ValidationError:
                raise ServiceUnavailable("provider_away", "openid-configuration") from None
            used = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if found.issuer != self._issuer or not all(map(is_secure_transport, used)):
                raise ServiceUnavailable("provider_away", "openid-configuration")
            self._metadata = (time.monotonic(), found)
        return self._metadata[1]

    def _known_keys(self) -> KeySet:
        if self._keys is None or time.monotonic() - self._keys[0] > _KNOWN_S:
            self._keys = (time.monotonic(), KeySet.import_key_set(_fetched(self._told().jwks_uri)))
        return self._keys[1]


def _fetched(url: str) -> Any:
    try:
        with httpx.Client(timeout=_TIMEOUT_S) as client:
            return client.get(url).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise ServiceUnavailable("provider_away", type(error).__name__) from None


def _derived(secret: str, purpose: str) -> str:
    """43 letters that tell nothing of the secret or of each other."""
    return urlsafe_b64encode(hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)).decode().rstrip("=")
