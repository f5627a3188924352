"""What keeps replies from doing harm: headers, compression, and how far a proxy is believed."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from feedback_app.extensions import compress
from feedback_app.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR = 31_536_000


def harden(app: Flask, settings: Settings) -> None:
    """Set the headers of every reply, compress it, and believe a proxy only as far as the settings say."""
    compress.init_app(app)

    @app.after_request
    def headers(reply: Response) -> Response:
        for name, value in HEADERS.items():
            reply.headers.setdefault(name, value)
        if settings.secure_cookies:
            reply.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
        if request.endpoint != "static":
            reply.headers["Cache-Control"] = "no-store"
        elif reply.direct_passthrough:
            reply.direct_passthrough = False
            reply.get_data()  # the file is read and closed here: the compressor would leave it open
        return reply

    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
