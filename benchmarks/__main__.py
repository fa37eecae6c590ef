"""``make bench``: measure, print the tables, write JSON to ``benchmarks/out/``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks import report
from benchmarks.bench import SMALL, SMOKE, Bench, Sizes
from benchmarks.catalogue import PARTS
from benchmarks.contenders import PEERS

OUT = Path(__file__).parent / "out"


def main(arguments: Sequence[str]) -> int:
    """Run the parts that are asked for; 1 when a result was wrong."""
    options = _parser().parse_args(arguments)
    parts = options.only or [
        letter for letter, part in PARTS.items() if part.in_smoke or not options.smoke
    ]
    # An end by SIGTERM takes down what was set up, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with (
        tempfile.TemporaryDirectory(prefix="cronmgmt-bench-") as folder,
        ExitStack() as stack,
    ):
        bench = Bench(
            Path(folder),
            rounds=1 if options.smoke else options.rounds,
            stack=stack,
            sizes=SMOKE if options.smoke else SMALL if options.small else Sizes(),
            with_peers=not options.smoke,
            against=frozenset(options.against or ()),
        )
        # Databases and PostgreSQL's own user must get at their files.
        Path(folder).chmod(0o755)
        for part in parts:
            PARTS[part].measure(bench)
    bench.results.notes += bench.wrong
    if options.smoke:
        # Figures of so little, on a machine that does other things, mean nothing.
        right = f"The results of parts {', '.join(parts)} are right."
        print("\n".join(bench.wrong) or right)
    elif options.small:
        print(report.as_text(bench.results, judged=False))
    else:
        _publish(bench, markdown=options.markdown)
    return 1 if bench.wrong else 0


def _publish(bench: Bench, *, markdown: bool) -> None:
    if markdown:
        print(report.as_markdown(bench.results))
    else:
        print(report.as_text(bench.results))
        print("\nSettings")
        for label, chosen in bench.settings.items():
            print(f"  {label}: {json.dumps(chosen['versions'])}")
            print(f"    {json.dumps(chosen['settings'])}")
    written = report.as_json(bench.results, bench.settings, bench.rounds)
    bench.say(f"Written to {report.write(OUT, written)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    known = ", ".join(f"{letter} {part.title}" for letter, part in PARTS.items())
    parser.add_argument("--only", type=_parts, help=f"parts, as in a,c: {known}")
    parser.add_argument(
        "--against", type=_peers, help=f"peers, as in celery,django-q2: {_peer_names()}"
    )
    parser.add_argument("--rounds", type=int, default=3, help="3 unless given")
    parser.add_argument("--markdown", action="store_true", help="tables for the docs")
    parser.add_argument(
        "--small", action="store_true", help="little of everything, to try the harness"
    )
    parser.add_argument(
        "--smoke", action="store_true", help="ours only, small: are the results right?"
    )
    return parser


def _peer_names() -> str:
    return ", ".join(dict.fromkeys(peer.name for peer in PEERS))


def _peers(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if unknown := sorted(set(names) - {peer.name for peer in PEERS}):
        raise argparse.ArgumentTypeError(
            f"no peer {', '.join(unknown)}; there are {_peer_names()}"
        )
    return names


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if unknown := sorted(set(parts) - set(PARTS)):
        raise argparse.ArgumentTypeError(
            f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}"
        )
    return parts


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
