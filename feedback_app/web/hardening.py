"""What keeps replies from doing harm: headers, the one cookie, compression, and how far a proxy is believed."""

from __future__ import annotations

from flask import Flask, Response, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from feedback_app.extensions import compress
from feedback_app.settings import Settings
from feedback_app.web import health
from feedback_app.web.request_numbers import RequestNumbers, number_to_say

# No page has a script or a style of its own inside it, so nothing needs a nonce: one would only allow more.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; frame-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SECURE_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; upgrade-insecure-requests",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
# Where the address of a page is a secret, no Referer ever carries it. Browsers take the last that they know: the form
# goes on saying which site it comes from, and nothing more, for over HTTPS a form of unknown origin is refused.
NO_REFERRER = "no-referrer, strict-origin"
YEAR = 31_536_000
COOKIE = "feedback"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def harden(app: Flask, settings: Settings) -> None:
    """Set the headers of every reply, name the cookie, compress, and believe a proxy only as far as settings say."""
    name_cookie(app, settings)
    compress.init_app(app)
    app.before_request_funcs.setdefault(None, []).insert(0, take_forms_only)  # before anything reads the body
    app.register_blueprint(health.blueprint)
    app.context_processor(lambda: {"request_number": number_to_say()})
    every = HEADERS | (SECURE_HEADERS if settings.secure_cookies else {})

    @app.after_request
    def headers(reply: Response) -> Response:
        if (request.view_args or {}).get("token"):
            reply.headers["Referrer-Policy"] = NO_REFERRER
        for name, value in every.items():
            reply.headers.setdefault(name, value)
        if request.endpoint != "static":
            reply.headers["Cache-Control"] = "no-store"
        elif reply.direct_passthrough:
            reply.direct_passthrough = False
            reply.get_data()  # the file is read and closed here: the compressor would leave it open
        return reply

    if settings.metrics_port:
        from feedback_app.web.metering import init_metering

        init_metering(app)
    hops = settings.proxy_hops
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = RequestNumbers(app.wsgi_app, trusted=bool(hops))  # type: ignore[method-assign]


def name_cookie(app: Flask, settings: Settings) -> None:
    """Bind the one cookie to this host and to HTTPS by its very name, where cookies travel over HTTPS."""
    app.config["SESSION_COOKIE_NAME"] = f"__Host-{COOKIE}" if settings.secure_cookies else COOKIE
    app.config["SESSION_COOKIE_PATH"] = "/"
    app.config["SESSION_COOKIE_DOMAIN"] = None


def take_forms_only() -> None:
    """Refuse unread what is no form (415: no page takes JSON, deep or not), or does not say how long it is (411).

    A form that carries a file is refused, too (400): no page takes any.
    """
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        abort(411)
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.mimetype and request.mimetype not in FORMS:
        abort(415)
    if request.mimetype == "multipart/form-data" and (request.files or not all(request.form)):
        abort(400)  # a file, or a part without a name, over which the form library stumbles
