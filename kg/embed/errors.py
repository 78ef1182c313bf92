"""What can be wrong with trained models and their vectors."""

from __future__ import annotations

from kg.errors import KGError


class EmbeddingError(KGError):
    """A trained model is missing, damaged, or cannot do what is asked."""
