"""cronmgmt beside its peers, on one machine, in one run: ``make bench``.

::

    __main__.py     the command line
    catalogue.py    the parts, by their letters
    contenders.py   who is measured: processes, broker, packages
    parts/          what is measured, a module each
    stand.py        a contender that is set up: database, clerk, workers
    sites/          a small Django project per contender, run by its own interpreter
    results.py      figures -> medians, spreads and ratios
    aims.py         what is aimed at, and whether it is met
    report.py       table, Markdown and JSON
"""

from __future__ import annotations
