"""Every text can be read on its ground, light and dark: WCAG's contrast, computed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cronmgmt

TOKENS = Path(cronmgmt.__file__).parent / "static" / "cronmgmt" / "tokens.css"
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text()
    )
}
GROUNDS = ("page", "card", "raised")
KINDS = ("good", "busy", "bad", "warn", "calm")
READ = [
    *((text, ground) for text in ("text", "aside", "link") for ground in GROUNDS),
    *((kind, f"{kind}-back") for kind in KINDS),
    *((kind, ground) for kind in ("bad", "warn") for ground in GROUNDS[:2]),
]
DRAWN = [
    *((f"{kind}-fill", "card") for kind in ("good", "busy", "bad", "warn", "calm")),
    *((line, ground) for line in ("edge", "focus") for ground in GROUNDS[:2]),
]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.part("0.2")
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("upon", "ground", "least"),
    [*((*pair, 4.5) for pair in READ), *((*pair, 3.0) for pair in DRAWN)],
)
def test_it_stands_out(upon, ground, least, theme):
    assert contrast(PAIRS[upon][theme], PAIRS[ground][theme]) >= least


def test_black_on_white_is_the_most_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
