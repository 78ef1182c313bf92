"""The error of the events store; none of its texts holds anything that a record says."""

from ontologies.errors import KGError


class RecordsError(KGError):
    """The events store or its key cannot be opened, read or written."""


class LockedError(RecordsError):
    """Another process writes to the events store."""
