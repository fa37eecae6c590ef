"""What cannot be a cron schedule is refused, with the field and a reason."""

from __future__ import annotations

import pytest

from cronmgmt.schedules import Cron, InvalidSchedule


def refusal(*args, **kwargs):
    with pytest.raises(InvalidSchedule) as caught:
        Cron(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize(
    ("expression", "field", "value"),
    [
        ("60 * * * *", "minute", "60"),
        ("* 24 * * *", "hour", "24"),
        ("* * 0 * *", "day-of-month", "0"),
        ("* * 32 * *", "day-of-month", "32"),
        ("* * * 13 *", "month", "13"),
        ("* * * * 8", "day-of-week", "8"),
        ("60 * * * * *", "second", "60"),
        ("-1 * * * *", "minute", ""),
        ("1- * * * *", "minute", ""),
        ("1--2 * * * *", "minute", "-2"),
        (", * * * *", "minute", ""),
        ("1,,2 * * * *", "minute", ""),
        ("1, * * * *", "minute", ""),
        ("** * * * *", "minute", "**"),
        ("*,x * * * *", "minute", "X"),
        ("1.5 * * * *", "minute", "1.5"),
        ("+5 * * * *", "minute", "+5"),
        ("0x10 * * * *", "minute", "0X10"),
        ("1_0 * * * *", "minute", "1_0"),
        ("*/0 * * * *", "minute", "*/0"),
        ("*/-1 * * * *", "minute", "*/-1"),
        ("*/ * * * *", "minute", "*/"),
        ("*/x * * * *", "minute", "*/X"),
        ("*/2/2 * * * *", "minute", "*/2/2"),
        ("/5 * * * *", "minute", ""),
        ("*/61 * * * *", "minute", "*/61"),
        ("*/99999999999 * * * *", "minute", "*/99999999999"),
        ("0 */25 * * *", "hour", "*/25"),
        ("0 22-6 * * *", "hour", "22-6"),
        ("0 0 * * FRI-MON", "day-of-week", "FRI-MON"),
        ("0 0 * NOV-FEB *", "month", "NOV-FEB"),
        ("0 0 * MON *", "month", "MON"),
        ("0 0 * * MONDAY", "day-of-week", "MONDAY"),
        ("MON 0 * * *", "minute", "MON"),
        ("L * * * *", "minute", "L"),
        ("0 L * * *", "hour", "L"),
        ("0 0 * L *", "month", "L"),
        ("0 0 * * L", "day-of-week", "L"),
        ("0 0 * * LW", "day-of-week", "LW"),
        ("0 0 5L * *", "day-of-month", "5L"),
        ("0 0 L-3 * *", "day-of-month", "L"),
        ("0 0 L/2 * *", "day-of-month", "L/2"),
        ("0 0 LW/2 * *", "day-of-month", "LW/2"),
        ("0 0 15W * *", "day-of-month", "15W"),
        ("0 0 ? * *", "day-of-month", "?"),
        ("0 0 1#2 * *", "day-of-month", "1#2"),
        ("0 0 * * 5#", "day-of-week", "5#"),
        ("0 0 * * #5", "day-of-week", "#5"),
        ("0 0 * * 5#0", "day-of-week", "5#0"),
        ("0 0 * * 5#6", "day-of-week", "5#6"),
        ("0 0 * * 8#1", "day-of-week", "8"),
        ("0 0 * * 5#1/2", "day-of-week", "5#1/2"),
        ("0 0 * * 8L", "day-of-week", "8"),
        ("0 0 * * 5L/2", "day-of-week", "5L/2"),
        ("H(30-10) * * * *", "minute", "H(30-10)"),
        ("H(0-60) * * * *", "minute", "60"),
        ("0 0 H(1-31) * *", "day-of-month", "H(1-31)"),
        ("0 0 * * H(1-7)", "day-of-week", "H(1-7)"),
        ("H() * * * *", "minute", "H()"),
        ("H(5) * * * *", "minute", "H(5)"),
        ("H-5 * * * *", "minute", "H"),
        ("H/0 * * * *", "minute", "H/0"),
        ("0~30 * * * *", "minute", "0~30"),
        ("0 0 31 2 *", "day-of-month", "31"),
        ("0 0 30,31 2 *", "day-of-month", "30,31"),
        ("0 0 31 2,4,6 *", "day-of-month", "31"),
        ("0 0 */31 * MON#2", "day-of-month", "*/31"),
        ("0 0 30 2 */2", "day-of-month", "30"),
        ("", "expression", ""),
        ("   ", "expression", "   "),
        ("* * * *", "expression", "* * * *"),
        ("* * * * * * *", "expression", "* * * * * * *"),
        ("@reboot", "expression", "@reboot"),
        ("@every 5m", "expression", "@every 5m"),
        ("@fortnightly", "expression", "@fortnightly"),
        ("@daily *", "expression", "@daily *"),
        ("* * * * *\n* * * * *", "expression", "* * * * *\n* * * * *"),
        ("0\u00a00 * * *", "expression", "0\u00a00 * * *"),
        ("\u0661 * * * *", "expression", "\u0661 * * * *"),
        ("\x00 * * * *", "expression", "\x00 * * * *"),
        ("\ud800 * * * *", "expression", "\ud800 * * * *"),
        (None, "expression", "None"),
        (5, "expression", "5"),
        (b"* * * * *", "expression", "b'* * * * *'"),
    ],
)
def test_it_refuses(expression, field, value):
    refused = refusal(expression)

    assert (refused.field, refused.value) == (field, value)


def test_it_refuses_what_is_longer_than_200_characters():
    text = ",".join(["1"] * 200) + " * * * *"

    assert "200 characters" in refusal(text).problem


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("0 22-6 * * *", "22-23,0-6"),
        ("0 0 * * FRI-MON", "FRI-7,0-MON"),
        ("0 0 ? * *", "write * instead"),
        ("*/90 * * * *", "1 to 60"),
        ("@reboot", "no moment in time"),
        ("@every 5m", "interval"),
        ("0 0 31 2 *", "never run"),
        ("0 0 * * MONDAY", "SUN to SAT"),
        ("* * * *", "five fields"),
    ],
)
def test_the_refusal_helps(expression, sentence):
    assert sentence in str(refusal(expression))


def test_what_a_reversed_range_was_told_to_become_is_accepted():
    Cron("0 22-23,0-6 * * *")
    Cron("0 0 * * FRI-7,0-MON")


def test_a_key_must_be_text():
    assert refusal("H * * * *", key=None).field == "key"


@pytest.mark.parametrize(
    "expression", ["0 0 29 2 *", "0 0 31 */2 *", "0 0 31 2 MON", "0 0 29 2 */7"]
)
def test_rare_is_not_never(expression):
    Cron(expression)
