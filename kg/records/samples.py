"""Where the bundled records lie: of patients who never lived, written for trying medkg out."""

from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "record_samples"
