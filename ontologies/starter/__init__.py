"""The terminologies that come with medkg; `sources.toml` says where each is from, `convert.py` makes them again."""
