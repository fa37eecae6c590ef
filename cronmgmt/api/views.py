"""What all endpoints have in common: who is let in, what is read, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cronmgmt.actors import Actor
from cronmgmt.api import problems
from cronmgmt.api.access import BearerLogin, LoggedIn, SessionLogin, Throttle, actor_of
from cronmgmt.api.reading import JsonAlways, Parser
from cronmgmt.engine.records import apart, keeping
from cronmgmt.errors import shorten

MOST = 500
USUAL = 100


class View(APIView):
    """An endpoint, whatever the site's own settings of the framework are."""

    authentication_classes = [BearerLogin, SessionLogin]
    permission_classes = [LoggedIn]
    throttle_classes = [Throttle]
    parser_classes = [Parser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonAlways
    metadata_class = None
    versioning_class = None
    schema = AutoSchema()

    asks: tuple[str, ...] = ()
    """What may follow the question mark."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer; what is on record stays there whatever becomes of the deed."""
        with keeping():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let them in, and refuse a misspelt question."""
        super().initial(request, *args, **kwargs)
        if unknown := sorted(request.query_params.keys() - set(self.asks)):
            raise BadRequest(
                _("Unknown: %(unknown)s; known: %(known)s.")
                % {
                    "unknown": shorten(", ".join(unknown)),
                    "known": ", ".join(self.asks) or "–",
                }
            )
        if empty := sorted(k for k, v in request.query_params.items() if not v):
            # A script whose variable is unset would be told of everything.
            raise BadRequest(
                _("Empty: %(empty)s; leave it out.") % {"empty": ", ".join(empty)}
            )

    def finalize_response(
        self, request: Any, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Keep what is told out of every cache."""
        response = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Return ours, not the site's."""
        return problems.answer

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return actor_of(self.request)

    def read(self, shape: Any) -> dict[str, Any]:
        """Return what the body holds, checked."""
        body = shape(data=dict(self.request.data))
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def asked(self, name: str) -> str:
        """Return what is asked for under that name, empty for nothing."""
        text: str = self.request.query_params.get(name, "")
        if "\x00" in text:
            raise BadRequest(_("%(name)s holds a NUL.") % {"name": name})
        return text

    def limit(self) -> int:
        """Return how long a page is to be. Raises BadRequest."""
        wanted = number(self.asked("limit"), USUAL)
        if not 1 <= wanted <= MOST:
            raise BadRequest(_("limit is from 1 to %(most)d.") % {"most": MOST})
        return wanted


class Nothing(View):
    """What no route leads to."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so, to those who may know what there is."""
        self.perform_authentication(request)
        self.check_permissions(request)
        raise Http404(_("There is no such endpoint."))


def number(text: str, usual: int) -> int:
    """Return the number that a text is, ``usual`` for none. Raises BadRequest."""
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(_("%(text)s is not a number.") % {"text": repr(shorten(text))})
    return int(text)


def both(route: str, view: type[View], name: str) -> list[URLPattern]:
    """Return the route as written and with a slash: a POST is never redirected."""
    made: Callable[..., HttpResponseBase] = apart(view.as_view())
    return [path(route, made, name=name), path(f"{route}/", made)]
