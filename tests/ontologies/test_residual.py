"""Classes that answer only where nothing else does."""

from __future__ import annotations

import pytest

from ontologies.residual import is_residual, why_residual

RESIDUAL = [
    "可疑冠心病观察",
    "疑似肺结核",
    "可疑恶性肿瘤的观察",
    "其他特指的贫血",
    "其它肺部疾患",
    "未特指的肺炎",
    "肺炎，未特指",
    "发热待查",
    "乳腺恶性肿瘤个人史",
    "高血压家族史",
    "脑梗死后遗症",
    "Asthma, unspecified",
    "Other disorders of lung",
    "Arthritis NOS",
    "Myocarditis, not elsewhere classified",
    "Personal history of malignant neoplasm of breast",
    "Encounter for observation for suspected toxic effect ruled out",
    "Sequelae of cerebral infarction",
]
PLAIN = [
    "冠心病",
    "2型糖尿病",
    "特应性皮炎",
    "家族性高胆固醇血症",
    "隐匿性冠心病",
    "Asthma",
    "Brother syndrome",
    "Otherness",
    "Hay fever",
]


@pytest.mark.parametrize("name", RESIDUAL)
def test_classes_for_the_rest(name: str) -> None:
    """What is left over, suspected or past is told, with the reason in words."""
    assert is_residual(name)
    assert why_residual(name).startswith("a class for what")


@pytest.mark.parametrize("name", PLAIN)
def test_plain_names(name: str) -> None:
    """Names of diseases are no such classes."""
    assert not is_residual(name)


def test_language_decides() -> None:
    """The script of the name decides where no language is given, the language where one is."""
    assert why_residual("其他特指的贫血", "zh")
    assert not why_residual("其他特指的贫血", "en")
