"""The command line under test: commands as somebody types them, on a given database."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from tests.support.settings import DATA_KEY, SECRET

ROOT = Path(__file__).resolve().parent.parent.parent
IMPORTS = ROOT / "tests" / "fixtures" / "imports"


class CommandLine:
    """Runs `feedback-app` in this process. `invented` takes the surveys made for imports in place of the real ones."""

    def __init__(self, database_url: str, *, invented: bool = False, **settings: str) -> None:
        """Remember the environment that each command gets."""
        self.environment: dict[str, str | None] = {
            "FEEDBACK_ENVIRONMENT": "testing",
            "FEEDBACK_SECRET_KEY": SECRET,
            "FEEDBACK_DATABASE_URL": database_url,
            "FEEDBACK_JOBS_EMBEDDED": "false",
        }
        if invented:
            self.environment |= {"FEEDBACK_SURVEYS_DIR": str(IMPORTS), "FEEDBACK_PARTNERSHIP": "anyshire"}
        if settings.get("environment") == "production":
            self.environment["FEEDBACK_DATA_KEYS"] = DATA_KEY
        self.environment |= {f"FEEDBACK_{name.upper()}": value for name, value in settings.items()}

    def __call__(self, *words: str, input: str | None = None) -> Result:  # noqa: A002 - click's own name
        """Run one command and return its exit code, what it printed and its complaints."""
        from feedback_app.cli import main

        return CliRunner().invoke(main, list(words), env=self.environment, input=input, catch_exceptions=False)

    def must(self, *words: str) -> str:
        """Run a command that has to succeed and return what it printed."""
        done = self(*words)
        assert done.exit_code == 0, done.output
        return done.stdout
