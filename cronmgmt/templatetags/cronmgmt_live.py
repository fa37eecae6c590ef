"""What the script that looks again reads off a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS = {"busy": "-busy", "bad": "-bad"}


@register.simple_tag(takes_context=True)
def live(context: template.Context) -> SafeString:
    """Return the attributes of the part of a page that is looked at again.

    Without ``seconds`` in the context what it shows has ended.
    """
    if not context.get("seconds"):
        return mark_safe(' id="live" data-ended')  # noqa: S308, a constant
    now = context.get("now")
    attributes: list[tuple[str, Any]] = [
        ("data-seconds", context["seconds"]),
        ("data-tag", context.get("tag", "")),
        ("data-now", now.isoformat() if now else ""),
        ("data-title", context.get("page_title", "")),
        ("data-icon", favicon(context.get("page_icon", ""))),
    ]
    shown = format_html_join("", ' {}="{}"', [each for each in attributes if each[1]])
    return format_html(' id="live" data-live{}', shown)


@register.simple_tag
def favicon(state: str | None) -> str:
    """Return where the icon is that a browser's tab shows in a state."""
    return static(f"cronmgmt/favicon{ICONS.get(state or '', '')}.svg")


@register.simple_tag
def announce(key: object, sentence: object) -> SafeString:
    """Return the attributes of a state whose change is told to readers of screens."""
    return format_html(' data-key="{}" data-say="{}"', key, sentence)
