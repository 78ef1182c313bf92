"""The root of the errors that a user may meet; each text holds the value and the remedy."""


class KGError(Exception):
    """Base of every error that medkg raises on purpose."""


class UnknownNameError(KGError):
    """A terminology, task, predicate or format was asked for by a name that nobody claims."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        between = "; " if any("," in one for one in known) else ", "
        told = f"known are: {between.join(sorted(known))}" if known else "none is known here"
        super().__init__(f"unknown {kind} {name!r}; {told}")


class TerminologyError(KGError):
    """A terminology could not be read, or is not there."""


class LexiconError(KGError):
    """The compiled lexicon is missing, damaged or of another version."""


class DecisionError(KGError):
    """The log of decisions cannot be read or written, or a decision cannot be made."""


class ExchangeError(KGError):
    """A file of decisions is of no known format, or not what its format demands."""
