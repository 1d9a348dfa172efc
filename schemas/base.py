"""The one base of every value that is stored or sent."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value; unknown keys are an error, so a misspelt one is found where it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")
