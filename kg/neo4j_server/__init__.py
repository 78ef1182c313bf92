"""A Neo4j Community server on the user's own machine, without Docker: fetched, started, watched and stopped."""
