"""What the test's OpenID provider tells of a person beyond a number; its settings name this class."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class Claims(OAuth2Validator):  # type: ignore[misc] # ships no types
    """The person's name, as far as the client asked for the profile."""

    def get_additional_claims(self, request: Any) -> dict[str, str]:
        """See Django OAuth Toolkit."""
        return {"name": request.user.get_full_name()}
