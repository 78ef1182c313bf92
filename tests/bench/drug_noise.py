"""The faults of drug strings as real prescription tables show them: what `make_drug_strings` puts into its strings."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_SHORT = {
    "hydrochloride": ["HCl", "HCL", "hcl", "hydrochlor", "hydrochlorid", "HCl."],
    "hydrobromide": ["HBr", "hydrobrom", "HBR"],
    "succinate": ["succ", "Succ.", "suc"],
    "tartrate": ["tart", "Tart.", "tartr"],
    "sodium": ["Na", "sod", "Sod.", "NA"],
    "potassium": ["K", "pot", "potass"],
    "calcium": ["Ca", "calc"],
    "phosphate": ["phos", "PO4"],
    "sulfate": ["sulf", "SO4", "sulphate"],
    "maleate": ["mal", "maleat"],
    "mesylate": ["mes", "mesilate"],
    "besylate": ["bes", "besilate"],
    "acetate": ["acet", "ac"],
    "citrate": ["cit", "citr"],
    "fumarate": ["fum", "fumar"],
    "magnesium": ["Mg", "mag"],
    "bromide": ["brom", "Br"],
    "gluconate": ["gluc", "glucon"],
    "bitartrate": ["bitart", "bit"],
    "propionate": ["prop", "propion"],
    "nitrate": ["nit"],
}
SALTS = {
    *_SHORT,
    "anhydrous",
    "monohydrate",
    "dihydrate",
    "trihydrate",
    "hyclate",
    "xinafoate",
    "furoate",
    "bisulfate",
    "disodium",
}
_FORMS = {
    "tablet": ["tab", "tabs", "TAB", "tablets", "TABS", "tbl", "caplet", "tab.", "PO TABS"],
    "capsule": ["cap", "caps", "CAP", "capsules", "PO CAPS", "cpsl"],
    "ER tablet": ["XR tab", "SR TAB", "XL tablets", "TB24", "TABLET,EXTENDED RELEASE", "ext rel tab", "CR tab"],
    "ER capsule": ["XR cap", "SR CAPS", "CP24", "CAPSULE,EXTENDED RELEASE", "LA caps"],
    "EC tablet": ["EC TAB", "TBEC", "enteric coated tab", "DR tab", "TABLET,DELAYED RELEASE"],
    "DR capsule": ["CPDR", "CAP-DEL-REL", "dr caps"],
    "chewable tablet": ["CHEW", "chew tab", "PO CHEW"],
    "ODT": ["TBDP", "orally disintegrating tab", "odt"],
    "SL tablet": ["SUBL", "SL TAB", "s.l. tab"],
    "injection": ["inj", "INJ", "IJ SOLN", "vial", "IV SOLN", "amp", "SDV INJ", "2 ML VIAL", "SC SOLN", "inj."],
    "oral solution": ["PO SOLN", "soln", "liq", "oral liquid", "elixir", "UD LIQ"],
    "oral suspension": ["PO SUSP", "susp", "SUSR"],
    "eye drops": ["OP SOLN", "ophth soln", "gtt", "opth drops"],
    "ophthalmic ointment": ["OP OINT", "ophth oint"],
    "nebulizer solution": ["IN NEBU", "neb soln", "neb", "UD INH SOLN"],
    "nasal spray": ["NA SUSP", "nasal", "SPRY"],
    "patch": ["TD PT24", "PTCH", "transdermal patch"],
    "cream": ["EX CREA", "crm", "topical cream"],
    "ointment": ["OINT", "EX OINT", "oint."],
    "suppository": ["SUPP", "RE SUPP", "RECT SUPP"],
    "片": ["片剂", "薄膜衣片", "分散片"],
    "胶囊": ["胶囊剂", "硬胶囊"],
    "缓释片": ["缓释片(Ⅰ)", "控释片"],
    "注射液": ["针", "针剂", "注射剂"],
}
_AROUND = [
    "TAKE 1 TABLET BY MOUTH EVERY DAY",
    "take one tab po bid with food",
    "#30",
    "QTY 90",
    "REFILLS: 2",
    "(generic)",
    "*NF*",
    "DAW",
    "disp 60",
    "PATIENT'S OWN MED",
    "PRN PAIN",
    "x 10 days",
    "1 ea",
    "stop date 03/12",
    "<<",
    "home med",
    "FOR BLOOD PRESSURE",
    "take 2 capsules twice daily as needed",
    "USE AS DIRECTED",
    "(ORDERABLE)",
    "(Sugar Free)",
    "non-formulary",
    "- OUTPATIENT",
]
_AROUND_ZH = ["(集采)", "*30片", "×24片/盒", "【医保】", "1盒", "餐后服", "自备", "0.25g*12", "/盒", "遵医嘱", "(进口)"]
_MAKERS = ["(Teva)", "- MYLAN", "[Sandoz]", "(Lupin Pharm)", "(Hospira)", "by Pfizer", "(APOTEX CORP)"]
_MAKERS_ZH = ["(辉瑞)", "（扬子江药业）", "(拜耳)", "[齐鲁制药]"]
_INITIALS = {
    "acetaminophen": ["APAP", "acetamin", "Acet"],
    "hydrochlorothiazide": ["HCTZ"],
    "aspirin": ["ASA"],
    "methotrexate": ["MTX"],
    "isoniazid": ["INH"],
    "nitroglycerin": ["NTG"],
    "trimethoprim": ["TMP"],
    "sulfamethoxazole": ["SMX", "sulfameth"],
    "potassium chloride": ["KCl"],
    "sodium chloride": ["NaCl"],
    "hydrocortisone": ["HC"],
    "prednisone": ["pred"],
    "levothyroxine": ["L-thyroxine"],
    "hydrocodone": ["hydrocodon"],
    "amoxicillin": ["amox"],
    "clavulanate": ["clav"],
    "epinephrine": ["epi", "adrenaline"],
    "albuterol": ["salbutamol"],
    "propylthiouracil": ["PTU"],
    "zidovudine": ["AZT"],
    "furosemide": ["frusemide"],
    "rifampin": ["rifampicin"],
    "meperidine": ["pethidine"],
    "lidocaine": ["lignocaine"],
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Written:
    """A string in its pieces, so that a fault can be put into one of them, and what is right for it."""

    name: str
    strength: str = ""
    form: str = ""
    times: str = ""
    around: str = ""
    order: tuple[str, ...] = ("name", "strength", "form", "times", "around")
    joint: str = " "
    case: Callable[[str], str] = str
    expected: list[str] = field(default_factory=list)
    parts: list[list[str]] = field(default_factory=list)
    language: str = "en"
    made: str = ""

    def text(self) -> str:
        """The string."""
        pieces = [getattr(self, piece) for piece in self.order]
        if self.language == "zh":
            return self.case((self.name + self.form + " " + self.strength + " " + self.times + self.around).strip())
        return self.case(self.joint.join(piece for piece in pieces if piece))


def add_typo(written: Written, chance: random.Random) -> None:
    """One letter of the name left out, doubled, put in place of another or before its neighbour."""
    places = [place for place, letter in enumerate(written.name) if letter.isalpha() and place]
    if written.language == "zh" or len(places) < 5:
        return
    place, name = chance.choice(places), written.name
    letter, fault = chance.choice(_LETTERS), chance.randrange(4)
    middle = ("", name[place] * 2, letter, name[place + 1 : place + 2] + name[place])[fault]
    written.name = name[:place] + middle + name[place + (2 if fault == 3 else 1) :]
    written.made += " typo"


def shorten_salt(written: Written, chance: random.Random) -> None:
    """The words of salts abbreviated."""
    for salt, shorts in _SHORT.items():
        written.name = re.sub(rf"\b{salt}\b", chance.choice(shorts), written.name, flags=re.IGNORECASE)
    written.made += " salt"


def shorten_name(written: Written, chance: random.Random) -> None:
    """Initials or another country's name in place of the name."""
    for name, shorts in _INITIALS.items():
        written.name = re.sub(rf"\b{name}\b", chance.choice(shorts), written.name, flags=re.IGNORECASE)
    written.made += " initials"


def rename_form(written: Written, chance: random.Random) -> None:
    """The form as another system prints it."""
    written.form = chance.choice(_FORMS.get(written.form, [written.form]))
    written.made += " form"


def lose_spaces(written: Written, chance: random.Random) -> None:
    """Strength run together with its unit, its form or the name."""
    written.strength = written.strength.replace(" ", "")
    kind = chance.randrange(4)
    if kind == 0:
        written.joint = ""
    elif kind == 1:
        written.name, written.strength = written.name + written.strength, ""
    elif kind == 2:
        written.strength, written.form = written.strength + written.form, ""
    else:
        written.name = written.name.replace(" ", "", 1) if chance.random() < 0.5 else written.name
    written.made += " spaces"


def swap_order(written: Written, chance: random.Random) -> None:
    """The strength, the form or the salt first."""
    kind, words = chance.randrange(3), written.name.split()
    if kind == 2 and len(words) == 2 and "(" not in written.name:
        written.name = (
            f"{words[1]}{chance.choice([' ', ', '])}{words[0]}" if chance.random() < 0.5 else f"{words[0]}, {words[1]}"
        )
    else:
        written.order = (
            ("strength", "name", "form", "times", "around")
            if kind == 0
            else ("form", "name", "strength", "times", "around")
        )
    written.made += " order"


def change_capitals(written: Written, chance: random.Random) -> None:
    """All in capitals, all in small letters, or tall letters in the middle."""

    def tall(text: str) -> str:
        """The second half of each word in capitals."""
        return " ".join(word[: len(word) // 2] + word[len(word) // 2 :].upper() for word in text.split(" "))

    written.case = chance.choice([str.upper, str.lower, str.title, tall])
    written.made += " capitals"


def add_around(written: Written, chance: random.Random) -> None:
    """What a dispensing system prints before or behind."""
    written.around = chance.choice(_AROUND_ZH if written.language == "zh" else _AROUND)
    if written.language == "en" and chance.random() < 0.3:
        written.order = ("around", *(piece for piece in written.order if piece != "around"))
    written.made += " around"


def add_maker(written: Written, chance: random.Random) -> None:
    """The manufacturer."""
    written.around = (written.around + " " + chance.choice(_MAKERS_ZH if written.language == "zh" else _MAKERS)).strip()
    written.made += " maker"


def change_marks(written: Written, chance: random.Random) -> None:
    """Other marks between the pieces."""
    written.joint = chance.choice(["  ", ", ", " - ", "_", "; ", " : "])
    written.made += " marks"


def cut_name(written: Written, chance: random.Random) -> None:
    """The last letters of a long name cut off, as a column that is too narrow does."""
    words = written.name.split(" ")
    if len(words[-1]) > 9 and words[-1].isalpha():
        written.name = " ".join([*words[:-1], words[-1][: -chance.choice([1, 2, 3])]])
        written.made += " cut"


NOISES: list[Callable[[Written, random.Random], None]] = [
    add_typo,
    add_typo,
    shorten_salt,
    shorten_salt,
    shorten_name,
    rename_form,
    rename_form,
    lose_spaces,
    swap_order,
    change_capitals,
    change_capitals,
    add_around,
    add_around,
    add_maker,
    change_marks,
    cut_name,
]
