"""English clinical notes written for benches: sentences with gaps, filled with names drawn by a seed."""

from __future__ import annotations

import random

CONDITIONS = """
fever, cough, chest pain, dyspnea, headache, nausea, vomiting, diarrhea, constipation, abdominal pain, back
pain, fatigue, dizziness, syncope, palpitations, edema, rash, pruritus, insomnia, anxiety, depression,
hypertension, diabetes mellitus, asthma, pneumonia, bronchitis, sinusitis, gout, osteoarthritis, rheumatoid
arthritis, psoriasis, hypothyroidism, anemia, stroke, atrial fibrillation, heart failure, myocardial
infarction, pulmonary embolism, deep vein thrombosis, cirrhosis, hepatitis, pancreatitis, appendicitis,
cholecystitis, urinary tract infection, pyelonephritis, sepsis, cellulitis, breast cancer, lung cancer, colon
cancer, migraine, epilepsy, dementia, Parkinson disease, multiple sclerosis, glaucoma
"""
DRUGS = """
metformin, lisinopril, atorvastatin, amlodipine, aspirin, warfarin, furosemide, omeprazole, albuterol,
prednisone, levothyroxine, gabapentin, sertraline, ibuprofen, acetaminophen, amoxicillin, ciprofloxacin,
vancomycin, heparin
"""
SECTIONS: dict[str, tuple[str, ...]] = {
    "CHIEF COMPLAINT": ("{c} for {n} days.", "Worsening {c}.", "Follow-up of {c}."),
    "HISTORY OF PRESENT ILLNESS": (
        "The patient is a {n}-year-old with {c} and {c} who presents with {c} that began {n} days ago.",
        "He denies {c}, {c} or {c}.",
        "There was no {c}, but {c} was noted by the family.",
        "She was seen two weeks ago for {c} and was started on {d} {n} mg twice daily.",
        "The {c} has not improved with {d}.",
        "Symptoms are worse at night and when lying flat; they are relieved by rest.",
        "It is not clear whether {c} preceded the {c}.",
        "No recent travel, no sick contacts, and appetite has been fair.",
    ),
    "PAST MEDICAL HISTORY": ("{c}.", "{c}, diagnosed in 2009.", "History of {c}, treated with {d}.", "No {c}."),
    "MEDICATIONS": ("{d} {n} mg p.o. daily.", "{d} {n} mg b.i.d.", "{d} as needed for {c}."),
    "ALLERGIES": ("{d}, which causes {c}.", "No known drug allergies."),
    "FAMILY HISTORY": ("Mother with {c}.", "Father died of {c} at {n}.", "No family history of {c}."),
    "SOCIAL HISTORY": ("Lives with a spouse, works in an office, does not smoke and drinks wine on weekends.",),
    "REVIEW OF SYSTEMS": (
        "Negative for {c}, {c}, {c} and {c}.",
        "Positive for {c}.",
        "All other systems were reviewed and were negative.",
    ),
    "PHYSICAL EXAMINATION": (
        "Blood pressure 132/78, pulse 84, respirations 16, temperature 37.2.",
        "The patient is alert, oriented and in no acute distress.",
        "Lungs are clear without {c}; heart sounds are regular with no murmur.",
        "The abdomen is soft, without {c} or masses, and bowel sounds are present in all four quadrants.",
    ),
    "LABORATORY DATA": ("WBC 11.{n}, hemoglobin 12.1, platelets 2{n}, sodium 138, potassium 4.1, creatinine 1.2.",),
    "ASSESSMENT": (
        "{c}, stable on {d}.",
        "Possible {c}, cannot exclude {c}.",
        "{c} was ruled out by imaging.",
        "The picture is most consistent with {c} rather than {c}.",
    ),
    "PLAN": (
        "Continue {d} {n} mg daily.",
        "Return if {c} or {c} develops.",
        "Obtain a CT scan to rule out {c}.",
        "Follow up in {n} weeks with repeat laboratory tests, and bring the diary of home readings.",
    ),
}


def write_notes(count: int, *, seed: int = 7, lines: int = 4) -> list[str]:
    """`count` notes of about 2,700 characters; each section has `lines` sentences."""
    drawn = random.Random(seed)
    conditions, drugs = (" ".join(names.split()).split(", ") for names in (CONDITIONS, DRUGS))
    return [_note(drawn, conditions, drugs, lines) for _ in range(count)]


def _note(drawn: random.Random, conditions: list[str], drugs: list[str], lines: int) -> str:
    return "\n\n".join(
        f"{title}:\n" + " ".join(_fill(drawn, drawn.choice(kinds), conditions, drugs) for _ in range(lines))
        for title, kinds in SECTIONS.items()
    )


def _fill(drawn: random.Random, sentence: str, conditions: list[str], drugs: list[str]) -> str:
    while "{" in sentence:
        at = sentence.index("{")
        word = {"c": drawn.choice(conditions), "d": drawn.choice(drugs), "n": str(drawn.randint(2, 89))}
        sentence = sentence[:at] + word[sentence[at + 1]] + sentence[at + 3 :]
    return sentence[:1].upper() + sentence[1:]
