"""The application, put together: the one place that knows all the rooms."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined
from sqlalchemy import make_url

from feedback_app.adapters.disclosure_file import load_policy
from feedback_app.adapters.mail import make_mailer, make_texter
from feedback_app.adapters.openid import make_provider
from feedback_app.adapters.shelf import FileShelf
from feedback_app.domain.place import Place, Places
from feedback_app.domain.scope import Scope
from feedback_app.extensions import csrf, db
from feedback_app.jobs import init_jobs
from feedback_app.settings import Settings, load_settings
from feedback_app.store.engine import prepare_engine, set_reading
from feedback_app.store.sealed import use_keys
from feedback_app.web import languages
from feedback_app.web.hardening import YEAR, harden
from feedback_app.web.places import find_place, settle_places


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for `settings` (those of the environment when none are given)."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder="web/static", template_folder="web/templates")
    configure(app, settings)
    settle_places(app)
    connect_database(app, settings)
    languages.init_languages(app, settings.translations_dir)
    open_rooms(app)
    furnish_templates(app)
    harden(app, settings)
    init_jobs(app, make_mailer(settings), make_texter(settings))
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Copy settings to where Flask and its extensions look for them, and read each partnership's files."""
    places = Places(read_place(settings, key, address) for key, address in settings.installed)
    app.config.update(
        SETTINGS=settings,
        PLACES=places,
        SINGLE_SIGN_ON=make_provider(settings),
        CAN_TEXT=settings.can_text,
        TESTING=settings.environment == "testing",
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[secret.get_secret_value() for secret in settings.old_secret_keys],
        PERMANENT_SESSION_LIFETIME=timedelta(days=max(place.scope.keeping.draft_days for place in places.all)),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open for days; the cookie it needs says how long
        MAX_CONTENT_LENGTH=2_000_000,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        MAX_FORM_PARTS=500,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=500,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    if settings.trusted_hosts:
        app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts)


def read_place(settings: Settings, key: str, address: str) -> Place:
    """Return a partnership as its files describe it, its pseudo-languages with it when they are switched on."""
    shelf = FileShelf(settings.surveys_of(key), settings.translations_dir)
    partnership = shelf.load_partnership()
    place = Place(
        key=key,
        scope=Scope(key, partnership.retention.keeping),
        partnership=partnership,
        shelf=shelf,
        population=shelf.load_population(),
        scale_titles=shelf.load_scales().item_scales,
        policy=load_policy(settings.surveys_of(key) / "disclosure.yaml"),
        languages=(*partnership.languages, *(languages.PSEUDO_LANGUAGES if settings.pseudo_languages else ())),
        site_address=address,
    )
    if settings.environment == "production":
        place.screening  # noqa: B018 - a mistake in the cues stops the start, not somebody who sends their words
    return place


def connect_database(app: Flask, settings: Settings) -> None:
    """Connect to the database of the settings."""
    url = make_url(settings.database_url)
    engine: dict[str, Any] = {"url": url}
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            path = Path(url.database).resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # nobody else on the machine reads it; SQLite's other files follow its mode
            engine["url"] = url.set(database=str(path))
        engine["connect_args"] = {"check_same_thread": False}
    else:
        engine["url"] = url.set(drivername="postgresql+psycopg")
        engine["pool_pre_ping"] = True
    engine["hide_parameters"] = True  # an error never quotes an answer
    engine["pool_size"] = settings.database_pool
    engine["max_overflow"] = settings.database_pool
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine}
    use_keys(settings.sealing_keys)
    db.init_app(app)
    # No session of ours is asynchronous; ending none asynchronously would start a thread for each request.
    ends = app.teardown_appcontext_funcs
    ends[:] = [end for end in ends if not iscoroutinefunction(end)]
    with app.app_context():
        prepare_engine(db.engine)
    app.teardown_request(lambda _error: set_reading(False))  # what comes next in this thread may write


def open_rooms(app: Flask) -> None:
    """Register the pages by audience, and the pages for errors."""
    from feedback_app.web.account import init_account
    from feedback_app.web.administering import register_views as administering
    from feedback_app.web.auditing import register_views as auditing
    from feedback_app.web.errors import init_errors
    from feedback_app.web.public.views import blueprint as public
    from feedback_app.web.reading import register_views as reading
    from feedback_app.web.respond import register_views as respond
    from feedback_app.web.running import register_views as running
    from feedback_app.web.safeguarding import register_views as safeguarding
    from feedback_app.web.talks import register_views as talks
    from feedback_app.web.team import register_views as team
    from feedback_app.web.themes import register_views as themes
    from feedback_app.web.voices import register_views as voices

    csrf.init_app(app)
    init_account(app)
    for blueprint in (
        public,
        respond(),
        team(),
        themes(),
        administering(),
        auditing(),
        safeguarding(),
        reading(),
        voices(),
        talks(),
        running(),
    ):
        app.register_blueprint(blueprint)
    init_errors(app)


def furnish_templates(app: Flask) -> None:
    """Give every template what it may lean on."""

    @app.context_processor
    def furniture() -> dict[str, Any]:
        found = find_place()
        return {
            "partnership": found and found.partnership,
            "languages": languages.language_links() if request and found else [],
            "page_language": languages.page_language(),
            "demonstration": app.config["SETTINGS"].demonstration,
        }

    app.add_template_global(asset)
    app.add_template_filter(languages.in_page_language)
    app.add_template_global(babel_format_date, "format_date")


def babel_format_date(day: Any, pattern: str = "d MMMM y") -> str:
    """Return a date in the words of the page's language."""
    from flask_babel import format_date

    return format_date(day, pattern)


@lru_cache(maxsize=256)
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=1024)
def _address_below(root: str, language: str, folder: str, name: str) -> str:
    """Return the address of a static file for pages below `root`, which ends with the path of their language."""
    address = url_for("static", filename=name, v=_fingerprint(Path(folder) / name))
    return f"{root.removesuffix(f'/{language}')}{address.removeprefix(root)}" if language else address


def asset(name: str) -> str:
    """Return the address of a static file, the same in every language and new whenever the file changes."""
    root = request.root_path if request else ""
    return _address_below(root, languages.page_language().path, current_app.static_folder or "", name)
