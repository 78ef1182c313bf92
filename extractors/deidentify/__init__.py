"""De-identification: what points at a person is found in texts and rows, and erased, named by type or replaced.

from extractors.deidentify import Deidentifier, Mode
Deidentifier(key=key, mode=Mode.TYPE).clean_text("Seen by Dr. Ana Ruiz on 3/7/2023.").text
"""

from extractors.deidentify.cleaner import Deidentifier
from extractors.deidentify.found import Cleaned, Found, Mode, Recogniser
from extractors.deidentify.report import Report

__all__ = ["Cleaned", "Deidentifier", "Found", "Mode", "Recogniser", "Report"]
