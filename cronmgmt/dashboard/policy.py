"""An answer -> the answer with a Content-Security-Policy: own files, nothing inline."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http.response import HttpResponseBase
from django.templatetags.static import static

from cronmgmt.conf import conf

HEADER = "Content-Security-Policy"


def secured(response: HttpResponseBase) -> HttpResponseBase:
    """Add the policy, unless the site has its own: a setting, or set already.

    A middleware of the host comes later, so it still has the last word.
    """
    if conf.CONTENT_SECURITY_POLICY is None:
        response.headers.setdefault(HEADER, own_policy())
    elif conf.CONTENT_SECURITY_POLICY:
        response.headers.setdefault(HEADER, conf.CONTENT_SECURITY_POLICY)
    return response


def own_policy() -> str:
    """Return the policy under which the app's own pages work.

    Static files may come from another host. Where forms may lead is left open: a site's
    button for signing out ends at its login provider.
    """
    files = static_origin()
    loads = f" style-src 'self' {files}; script-src 'self' {files};" if files else ""
    images = f"img-src 'self'{' ' if files else ''}{files}"
    return (
        f"default-src 'self';{loads} {images}; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )


def static_origin() -> str:
    """Return scheme and host of the static files if they are another's, else nothing."""
    address = urlsplit(static("cronmgmt/"))
    return f"{address.scheme or 'https'}://{address.netloc}" if address.netloc else ""
