"""What can be wrong with trained models and their vectors, and where they are trained."""

from __future__ import annotations

from kg.errors import KGError


class EmbeddingError(KGError):
    """A trained model is missing, damaged, or cannot do what is asked."""


class UnfitError(EmbeddingError):
    """A predicate is asked of a concept of a kind that it is not said of."""


class SettingsError(KGError):
    """Settings of a training that no training can have."""


class TrainingError(KGError):
    """A training that cannot start or go on."""


class CheckpointError(KGError):
    """A checkpoint that cannot be read, or is of another training."""
