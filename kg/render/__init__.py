"""What commands print: for people with colours and tables, for machines as JSON.

Every `print_*` takes `as_json`; then it prints one JSON value and nothing else. Colours are left out where the output
is not a terminal.
"""

from kg.render.console import make_console, print_json

from kg.render.show import print_show


__all__ = [
    "make_console",
    "print_build",
    "print_conflicts",
    "print_diffs",
    "print_doctor",
    "print_extraction",
    "print_json",
    "print_quarantine",
    "print_search",
    "print_show",
    "print_stats",
    "print_terminologies",
]
