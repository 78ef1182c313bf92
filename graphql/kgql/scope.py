"""Who may see the words of restricted documents: those who bear a token whose hash the service was given."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Scope:
    """`everyone`, or the bearers of `tokens`, which are kept as SHA-256 in hexadecimal and never as themselves."""

    everyone: bool = False
    tokens: tuple[str, ...] = ()

    def covers(self, authorization: str) -> bool:
        """Whether a request with that header `Authorization` has the scope (RFC 6750, section 2.1).

        A token that is not known is no error: what stands before the service may use the header for its own ends.
        """
        scheme, _, token = authorization.partition(" ")
        borne = token.strip() if scheme.lower() == "bearer" else ""
        digest = sha256(borne.encode()).hexdigest()
        # All are compared, each in constant time: how long it takes says nothing about any of them.
        known = sum(hmac.compare_digest(digest, hash_) for hash_ in self.tokens)
        return self.everyone or bool(borne and known)
