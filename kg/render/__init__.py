"""What commands print: for people with colours and tables, for machines as JSON; one module a command or two.

Every `print_*` takes `as_json`; then it prints one JSON value and nothing else. Colours are left out where the output
is not a terminal.
"""

from kg.render.changes import print_changes
from kg.render.extraction import print_extraction
from kg.render.show import print_show
from kg.render.tables import print_conflicts, print_quarantine, print_search, print_stats

__all__ = [
    "print_changes",
    "print_conflicts",
    "print_extraction",
    "print_quarantine",
    "print_search",
    "print_show",
    "print_stats",
]
