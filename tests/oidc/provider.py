"""A small OpenID Connect provider on loopback that can be told to misbehave."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "cronmgmt", "the client's secret"
AUDIENCE = "https://site.example/api"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def now():
    return int(time.time())


class Provider:
    """Who logs in (``person``), and how tokens and answers differ from good ones."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.issuer = f"{self.url}/"
        self.reset()

    def reset(self):
        self.person = {"sub": "auth0|7", "email": "ada@example.org"}
        self.person |= {"email_verified": True, "roles": ["ops"]}
        self.token, self.info, self.answers = {}, {}, {}
        self.key, self.header = KEY, {"kid": "one"}
        self.codes, self.seen, self.release = {}, [], threading.Event()
        self.logged_in = True

    def settings(self):
        """What the site says of this provider."""
        return {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "authorization_url": f"{self.url}/authorize",
            "token_url": f"{self.url}/token",
            "userinfo_url": f"{self.url}/userinfo",
            "keys_url": f"{self.url}/keys",
            "logout_url": f"{self.url}/logout",
        }

    def authorize(self, url):
        """Do what the person does there; return the address they are sent back to."""
        asked = {
            name: value[0] for name, value in parse_qs(urlsplit(url).query).items()
        }
        self.seen.append(("authorize", asked))
        back = {"state": asked["state"]}
        if self.logged_in:
            back["code"] = f"code-{len(self.codes)}"
            self.codes[back["code"]] = asked
        else:
            back["error"] = "login_required"
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def id_token(self, asked):
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now(), "exp": now() + 60}
        claims |= {"nonce": asked["nonce"], **self.person, **self.token}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, "RS256", headers=self.header)

    def access_token(self, **changes):
        """Return a token for the API, as the provider makes it, and changed."""
        claims = {"iss": self.issuer, "aud": AUDIENCE, "azp": CLIENT, **self.person}
        claims |= {"iat": now(), "exp": now() + 60, **changes}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, "RS256", headers=self.header)

    def answer(self, path, form):
        """Return status and body; ``answers`` may hold another answer for the path."""
        self.seen.append((path, form))
        given = self.answers.get(path)
        if given == "hang":
            self.release.wait(30)
        if isinstance(given, tuple):
            return given
        return 200, json.dumps(getattr(self, f"_{path}")(form)).encode()

    def _token(self, form):
        asked = self.codes.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"]
        assert form["client_secret"] == SECRET
        return {"access_token": "an access token", "id_token": self.id_token(asked)}

    def _userinfo(self, form):
        return {**self.person, **self.info}

    def _keys(self, form):
        key = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]}


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: value[0] for name, value in parse_qs(body).items()})

        def _answer(self, form):
            path = urlsplit(self.path).path.strip("/")
            status, body = provider.answer(path, form)
            if provider.answers.get(path) == "drip":
                return self._drip()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _drip(self):
            """Answer a byte now and then: each comes in time, all of them never."""
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with contextlib.suppress(OSError):  # Nobody listens any more.
                while not provider.release.wait(0.02):
                    self.wfile.write(b" ")

        def log_message(self, *args):
            pass

    return Handler
