"""The extensions of the one application, made once and bound to it in app.py."""

from __future__ import annotations

from flask_babel import Babel
from flask_compress import Compress
from flask_security.core import Security
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

LANGUAGE_KEY = "feedback.language"  # under which a request carries the language of its pages

db = SQLAlchemy()
babel = Babel()
csrf = CSRFProtect()
compress = Compress()
security = Security()
