"""A state or a thing -> its icon: a drawing of 16 by 16 in the colour of the text."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

ROUND = "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z"
CLOCK = "M8 4.5V8l2.5 1.7"

ICONS = {
    "succeeded": f"{ROUND}M5 8.3l2.1 2.1L11 6",
    "failed": f"{ROUND}M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6",
    "timed_out": f"{ROUND}{CLOCK}",
    "lost": "M8 1.5l6.5 6.5L8 14.5L1.5 8z M8 5v3.5M8 10.8v.2",
    "running": "M14.5 8A6.5 6.5 0 1 1 8 1.5M6.5 5.4v5.2L10.8 8z",
    "claimed": f"{ROUND}M6.5 5.4v5.2L10.8 8z",
    "queued": "M4 2h8M4 14h8M5 2c0 6 6 6 6 12M11 2c0 6-6 6-6 12",
    "waiting": f"{ROUND}M6.3 5.5v5M9.7 5.5v5",
    "cancelled": f"{ROUND}M3.5 3.5l9 9",
    "skipped": "M2.5 4l4 4l-4 4M8.5 4l4 4l-4 4",
    "missed": "M8 2l6.5 12h-13z M8 6.3v3.4M8 11.8v.2",
    "attention": "M8 2l6.5 12h-13z M8 6.3v3.4M8 11.8v.2",
    "stuck": "M4 2h8M4 14h8M5 2c0 6 6 6 6 12M11 2c0 6-6 6-6 12",
    "superseded": "M2.5 4l4 4l-4 4M8.5 4l4 4l-4 4",
    "holiday": "M2 4h12v10H2zM2 7h12M5 2v3M11 2v3",
    "broken": "M8 2l6.5 12h-13z M8 6.3v3.4M8 11.8v.2",
    "handed_back": "M6 4L2.5 7.5L6 11M2.5 7.5H10a3 3 0 0 1 0 6H8",
    "idle": f"{ROUND}M5 8.3l2.1 2.1L11 6",
    "new": f"{ROUND}M8 7.9v.2",
    "error": f"{ROUND}M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6",
    "late": f"{ROUND}{CLOCK}",
    "off": "M8 1.5V8M4.6 3.4a5.8 5.8 0 1 0 6.8 0",
    "paused": f"{ROUND}M6.3 5.5v5M9.7 5.5v5",
    "set-aside": "M8 2l6.5 12h-13z M8 6.3v3.4M8 11.8v.2",
    "retired": "M2 3h12v3H2zM3 6v7.5h10V6M6.5 9h3",
    "silent": "M2 2l12 12M3 6.5a8 8 0 0 1 2.6-1.7M8 4.2a8 8 0 0 1 5 2.3M5.3 9a4 4 0 0 1 "
    "2-1.2M8 12.2v.2",
    "alive": "M3 6.5a7.5 7.5 0 0 1 10 0M5.2 9.2a4.2 4.2 0 0 1 5.6 0M8 12.2v.2",
    "stopped": f"{ROUND}M6 6h4v4H6z",
    "light": "M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 "
    "3l1.1 1.1M11.9 11.9L13 13M3 13l1.1-1.1M11.9 4.1L13 3",
    "dark": "M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z",
    "auto": f"{ROUND}M8 1.5v13",
    "search": "M7 2a5 5 0 1 1 0 10A5 5 0 1 1 7 2zM10.7 10.7L14 14",
    "more": "M3.5 8h.1M8 8h.1M12.5 8h.1",
    "next": "M6 3l5 5l-5 5",
    "previous": "M10 3L5 8l5 5",
    "tag": "M2 2h5.5L14 8.5L8.5 14L2 7.5zM5 5v.1",
    "owner": "M8 2a3 3 0 1 1 0 6a3 3 0 1 1 0-6zM2.5 14c.6-3 2.6-4.3 5.5-4.3s4.9 1.3 5.5 "
    "4.3",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon; beside it stands a text, so readers of screens pass it over."""
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 16 16" aria-hidden="true" '
        'focusable="false"><path d="{}"/></svg>',
        name,
        ICONS.get(name, ICONS["new"]),
    )
