"""A real OpenID provider in a process of its own, people who have accounts there, and the way through its pages.

Run as a program it is the provider: canaille, with everything in memory; its arguments are a port, and the addresses
that it may send browsers back to.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from lxml import html as lxml_html

CLIENT_ID, CLIENT_SECRET = "feedback", "client-secret-of-no-worth"
LEAD, STRANGER, UNVERIFIED = "jo.lead", "sam.stranger", "una.unverified"
PASSWORD = "pass words of no worth"
BACK = "/team/sign-in/council/back"
SITE = "http://127.0.0.1:8000"
_STARTS_WITHIN = 60.0


def address_of(name: str) -> str:
    """Return the e-mail address of somebody at the provider."""
    return f"{name}@council.example.org"


@dataclass(frozen=True)
class Provider:
    """A running provider: its issuer, and the address of the site that it sends browsers back to."""

    issuer: str
    site: str = SITE

    def settings(self, **more: object) -> dict[str, object]:
        """Return the settings of an application that trusts this provider."""
        chosen = {"sso_issuer": self.issuer, "sso_client_id": CLIENT_ID, "sso_client_secret": CLIENT_SECRET}
        return {**chosen, "sso_second_factor": "trusted", "site_address": self.site, **more}

    def sign_in(self, address: str, name: str) -> str:
        """Go to an address of the provider as somebody, through all its forms; return where on the site it leads."""
        with httpx.Client(trust_env=False, verify=False, base_url=self.issuer) as browser:
            answer = browser.get(address)
            for _page in range(12):
                while answer.is_redirect:
                    to = answer.headers["location"]
                    if httpx.URL(to).path == BACK:
                        return str(httpx.URL(to).raw_path.decode())
                    answer = browser.get(to)
                answer = _answer_form(browser, answer, name)
        raise AssertionError(f"The provider leads nowhere: {answer.status_code} {answer.text[:400]}")

    def consent(self, name: str) -> None:
        """Say as somebody that the site may know who they are: this provider cannot ask it and a password at once."""
        asked = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": f"{self.site}{BACK}", "nonce": "once"}
        self.sign_in(f"/oauth/authorize?{urlencode({**asked, 'scope': 'openid profile email', 'state': 'any'})}", name)


def _answer_form(browser: httpx.Client, page: httpx.Response, name: str) -> httpx.Response:
    """Fill in the form on a page of the provider as somebody would, and send it."""
    parsed = lxml_html.document_fromstring(page.text)
    forms = [form for form in parsed.forms if form.method == "POST"]
    assert forms, page.text
    form = forms[0]
    given = {key: value for key, value in form.form_values() if value is not None}
    given |= {key: value for key, value in (("login", name), ("password", PASSWORD)) if key in form.inputs}
    if form.xpath(".//button[@name='answer' and @value='accept']"):
        given["answer"] = "accept"
    action = form.action or str(page.url)
    return browser.post(httpx.URL(str(page.url)).join(action), data=given, headers={"Referer": str(page.url)})


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running_provider(folder: Path, site: str = SITE, *more: str) -> Iterator[Provider]:
    """Yield a provider for a site, and for more of them, until the block ends; its log goes into the folder."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}", site)
    with (folder / "provider.log").open("w+") as log:
        # -P: beside this file lie modules of ours that must not stand in for anybody's.
        command = [sys.executable, "-P", str(Path(__file__)), str(port), *(f"{known}{BACK}" for known in (site, *more))]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(process, provider.issuer, folder / "provider.log")
            yield provider
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], issuer: str, log: Path) -> None:
    """Wait until the provider answers; raise AssertionError with what it said when it does not."""
    until = time.monotonic() + _STARTS_WITHIN
    with httpx.Client(trust_env=False, verify=False) as asking:
        while time.monotonic() < until and process.poll() is None:
            try:
                if asking.get(f"{issuer}/.well-known/openid-configuration").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise AssertionError(f"The OpenID provider did not start:\n{log.read_text()}")


def _ask_for_all(backend: Any) -> None:
    """Let what is kept in memory be found by all that it is asked for: by itself, one thing of several is enough."""
    find_any = backend.do_query

    def find(model: Any, *_args: Any, **wanted: Any) -> list[Any]:
        found: list[list[Any]] = [find_any(model, **{name: value}) for name, value in wanted.items()]
        if not found:
            return list(find_any(model))
        in_all = set.intersection(*({one.id for one in some} for some in found))
        return [one for one in found[0] if one.id in in_all]

    backend.do_query = find


def _serve(port: int, backs: list[str]) -> None:
    """Be the provider, for ever."""
    from canaille import create_app  # type: ignore[import-untyped]
    from canaille.app import models  # type: ignore[import-untyped]
    from canaille.backends import Backend  # type: ignore[import-untyped]
    from werkzeug.serving import make_server

    app = create_app(
        {
            "SECRET_KEY": "of no worth outside tests",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory"},
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": []},  # everybody is asked whether they want this
        }
    )
    _ask_for_all(Backend.instance)
    verified = f"{{{{ 'false' if user.user_name == '{UNVERIFIED}' else 'true' }}}}"
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = verified
    with app.app_context():
        keep = Backend.instance.save
        for name in (LEAD, STRANGER, UNVERIFIED):
            person = {"user_name": name, "password": PASSWORD, "family_name": name, "formatted_name": name}
            keep(models.User(**person, emails=[address_of(name)]))
        client = models.Client(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            client_name="Surveys",
            client_id_issued_at=datetime.now(UTC),
            redirect_uris=backs,
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method="client_secret_post",
            contacts=[],
        )
        keep(client)
        client.audience = [client]
        keep(client)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2:])
