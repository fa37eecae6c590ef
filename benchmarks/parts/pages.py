"""pages: what the dashboard's lists cost with few and with many runs."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.contenders import PAGES_SITE
from benchmarks.pages import PAGES, sql_time, statements


def measure(bench: Bench) -> None:
    """Fill the tables once for each size, and measure every page in each round."""
    stand = bench.stand(PAGES_SITE)
    for runs in bench.sizes.page_runs:
        stand.clear()
        bench.say(f"pages: filling in {runs:,} runs")
        stand.ask("fill", runs)
        for number in range(bench.rounds):
            costs = stand.ask("costs", PAGES)
            for page, (count, milliseconds) in costs.items():
                name = statements(page, runs)
                bench.add("pages", name, stand, "statements", number, count)
                bench.add(
                    "pages", sql_time(page, runs), stand, "ms", number, milliseconds
                )
