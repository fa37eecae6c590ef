"""What a handler prints and logs is kept with its run, as much as is bearable."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from cronmgmt.engine.output import Output, _LogHandler, captured


@pytest.fixture
def output():
    return Output()


def test_it_keeps_what_was_printed_in_its_order(output):
    with captured(output):
        print("to stdout")  # noqa: T201
        print("to stderr", file=sys.stderr)  # noqa: T201
        sys.stdout.write("without an end")

    assert output.take(last=True) == "to stdout\nto stderr\nwithout an end"


def test_it_keeps_what_was_logged_with_its_level_and_logger(output):
    with captured(output):
        logging.getLogger("host.sync").warning("%d rows are odd", 3)

    assert output.take(last=True) == "WARNING host.sync: 3 rows are odd\n"


def test_an_error_is_logged_with_its_traceback(output):
    with captured(output):
        try:
            raise ValueError("no rows")
        except ValueError:
            logging.getLogger("host").exception("failed")

    assert output.take(last=True).endswith("ValueError: no rows\n")


def test_the_engines_own_lines_are_not_the_handlers(output):
    with captured(output):
        logging.getLogger("cronmgmt.engine").warning("the database is slow")

    assert output.take(last=True) == ""


def test_a_record_that_cannot_be_formatted_says_so(output):
    record = logging.LogRecord("host", 20, "sync.py", 3, "%d rows", ("three",), None)

    _LogHandler(output).emit(record)

    assert "could not be formatted" in output.take(last=True)


def test_outside_the_block_everything_is_as_before(output, capsys):
    before = sys.stdout, sys.stderr, logging.getLogger().handlers[:]

    with pytest.raises(KeyError), captured(output):
        raise KeyError

    assert (sys.stdout, sys.stderr, logging.getLogger().handlers) == before


def test_someone_at_a_terminal_gets_it_as_it_comes():
    terminal = io.StringIO()
    output = Output(terminal)

    with captured(output):
        print("one")  # noqa: T201
        assert terminal.getvalue() == "one\n"

    assert output.take(last=True) == "one\n"


def test_a_terminal_that_went_away_does_not_fail_the_run():
    terminal = io.StringIO()
    output = Output(terminal)
    terminal.close()

    output.write("one\n")

    assert output.take(last=True) == "one\n"


def test_a_terminal_that_lacks_a_letter_shows_its_code():
    terminal = io.TextIOWrapper(io.BytesIO(), "ascii", write_through=True)
    output = Output(terminal)

    output.write("é\n")

    assert terminal.buffer.getvalue() == b"\\xe9\n"
    assert output.take(last=True) == "é\n"


def test_what_was_taken_is_not_taken_again(output):
    output.write("one\ntwo")

    assert output.take() == "one\n"  # A line may still grow.
    assert output.take() == ""
    output.write("\n")
    assert output.take() == "two\n"
    assert output.take(last=True) == ""


def test_what_could_not_be_stored_comes_first_the_next_time(output):
    output.write("one\n")
    piece = output.take()
    output.write("two\n")

    output.give_back(piece)

    assert output.take() == "one\ntwo\n"


# Only so much.


@pytest.fixture
def tight(settings):
    settings.CRONMGMT = {"LOG_LIMIT": 20}
    return Output()


def test_up_to_the_limit_all_is_kept(tight):
    for digit in "0123456789":
        tight.write(digit * 2)

    assert tight.take(last=True) == "00112233445566778899"


def test_beyond_it_the_first_and_the_last_half_are(tight):
    tight.write("A" * 10)
    tight.write("left out")
    tight.write("Z" * 10)

    assert tight.take(last=True) == (
        "AAAAAAAAAA\n[… 8 characters left out …]\nZZZZZZZZZZ"
    )


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_how_it_was_cut_into_pieces_makes_no_difference(tight, size):
    text = "".join(f"{n:03}" for n in range(400))

    for start in range(0, len(text), size):
        tight.write(text[start : start + size])

    assert tight.take(last=True) == (
        f"{text[:10]}\n[… 1180 characters left out …]\n{text[-10:]}"
    )


def test_the_first_half_may_be_taken_while_the_rest_comes(tight):
    tight.write("0123456789")
    head = tight.take(last=False) + "".join(
        tight.write("abcdefghij" * 3) or "" for _ in range(2)
    )

    assert head + tight.take(last=True) == (
        "0123456789\n[… 50 characters left out …]\nabcdefghij"
    )


def test_with_a_limit_of_nothing_almost_nothing_is_kept(settings):
    settings.CRONMGMT = {"LOG_LIMIT": 0}
    output = Output()

    output.write("all of it")

    assert output.take(last=True).startswith("\n[… 8 characters left out …]")


def test_megabytes_take_little_memory(output):
    for _ in range(200):
        output.write("x" * 99_999 + "\n")

    text = output.take(last=True)
    assert len(text) < 1_000_100
    assert "[… 19000000 characters left out …]" in text


def test_what_databases_refuse_is_replaced(output):
    output.write("nul \x00 and half \ud800\n")

    assert output.take() == "nul \ufffd and half \ufffd\n"


def test_a_handler_finds_an_ordinary_stream(output):
    with captured(output):
        assert sys.stdout.writable()
        assert not sys.stdout.isatty()
        assert sys.stdout.encoding == "utf-8"
        assert sys.stdout.write("ab") == 2
        sys.stdout.flush()
        sys.stdout.writelines(["c", "d"])

    assert output.take(last=True) == "abcd"
