"""What can go wrong where vectors of a graph are trained."""

from __future__ import annotations

from kg.errors import KGError


class SettingsError(KGError):
    """Settings of a training that no training can have."""


class TrainingError(KGError):
    """A training that cannot start or go on."""


class CheckpointError(KGError):
    """A checkpoint that cannot be read, or is of another training."""
