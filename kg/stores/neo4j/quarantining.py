"""The inputs that could not be read, and words about the graph as a whole, as they are written to a server."""

from __future__ import annotations

from collections.abc import Iterable

from kg.stores.clock import Clock
from kg.stores.neo4j.licensing import keep_word, license_facts
from kg.stores.neo4j.server import Cypher, Server

_KEEP = """
MERGE (q:Quarantined {locator: $locator})
WITH q WHERE q.reason IS NULL OR q.reason <> $reason OR q.content_hash <> $content_hash
SET q.reason = $reason, q.content_hash = $content_hash, q.time = $time
"""
_RELEASE = "UNWIND $locators AS locator MATCH (q:Quarantined {locator: locator}) DELETE q RETURN DISTINCT locator"


class Quarantining:
    """What is written of the `Quarantine` and `Catalogue` roles of the store on a server."""

    _server: Server
    _clock: Clock

    def quarantine(self, locator: str, reason: str, *, content_hash: str = "") -> None:
        """Keep an input on the list, with the reason; the newest reason of a locator stands."""
        asked = {"locator": locator, "reason": reason, "content_hash": content_hash, "time": self._clock()}
        self._server.write(lambda cypher: cypher.run(_KEEP, **asked))

    def release(self, locators: Iterable[str]) -> int:
        """Take inputs that were read after all off the list; gives back how many stood on it."""
        asked = list(dict.fromkeys(locators))

        def work(cypher: Cypher) -> int:
            return len(cypher.rows(_RELEASE, locators=asked))

        return self._server.write(work) if asked else 0

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word about the graph, such as the stamp of its lexicon."""
        if self._server.write(lambda cypher: keep_word(cypher, name, value)):
            license_facts(self._server)

    def compact(self) -> None:
        """Nothing: a server gives no way to leave the bytes of what was deleted behind.

        It marks their place as free, and they lie there, and in the logs of its transactions, until something else
        comes to lie on them. The graph remembers that there may be such bytes (`kg.stores.versions.DUE`); commands and
        `kg doctor` say so.
        """
