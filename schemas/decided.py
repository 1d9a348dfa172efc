"""What every decision of a person says of itself."""

from datetime import datetime

from schemas.base import Value
from schemas.people import Actor


class Decided(Value):
    """Who decided when. `subject_id`: what it speaks of, such as a paper, citizen or dossier; a random id or a code."""

    decision_id: str
    subject_id: str
    actor: Actor
    decided_at: datetime
