"""Errors of the room of extractors."""

from ontologies.errors import KGError


class UnreadableError(KGError):
    """A document cannot be read; the text is the one sentence that the quarantine list shows."""


class RulesError(KGError):
    """A rules file has an unknown key or a value of the wrong type."""


class InputError(KGError):
    """A path that the user named is not there."""


class CorpusError(KGError):
    """An annotated corpus is not where it was looked for, or not of the layout its task expects."""


class DeidentifyError(KGError):
    """A key, known values or a recogniser cannot be used; the text holds nothing of a record and nothing of a key."""
