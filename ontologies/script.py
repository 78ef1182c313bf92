"""Which script a name is written in."""

from __future__ import annotations

import re

FIRST_CHINESE = "\u2e80"
"""From this character on everything is Chinese, Japanese or Korean: one comparison, where many are made."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def has_chinese(text: str) -> bool:
    """Whether a Chinese character stands in `text`."""
    return _CHINESE.search(text) is not None
