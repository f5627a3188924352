"""The same use cases from a terminal: `feedback-app`."""

from __future__ import annotations

import click

from feedback_app.cli.access import access
from feedback_app.cli.audit import audit
from feedback_app.cli.comments import comments
from feedback_app.cli.database import database
from feedback_app.cli.demonstration import demonstration
from feedback_app.cli.disclosure import disclosure
from feedback_app.cli.importing import responses
from feedback_app.cli.keys import keys
from feedback_app.cli.population import population
from feedback_app.cli.running import Commands
from feedback_app.cli.serving import jobs, serve
from feedback_app.cli.summaries import summary
from feedback_app.cli.surveys import surveys
from feedback_app.cli.theme_summary import summary as theme_summary
from feedback_app.cli.themes import themes
from feedback_app.cli.themes_learn import evaluate, learn, record, use
from feedback_app.cli.themes_tag import tag, tag_waiting
from feedback_app.cli.translations import translations
from feedback_app.cli.users import user
from feedback_app.cli.voices import voices
from feedback_app.cli.waves import waves


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--partnership", metavar="KEY", help="Which one, where there are several.")
@click.pass_context
def main(context: click.Context, partnership: str | None) -> None:
    """Surveys with families: prepare the database, check and open surveys, bring in answers, sum up, serve.

    Settings come from the environment: FEEDBACK_SECRET_KEY, FEEDBACK_DATABASE_URL and so on.
    """
    context.obj = partnership


_COMMANDS = (
    database,
    surveys,
    population,
    waves,
    responses,
    summary,
    comments,
    themes,
    voices,
    disclosure,
    demonstration,
    translations,
    user,
    access,
    audit,
    keys,
    serve,
    jobs,
)
for _command in _COMMANDS:
    main.add_command(_command)
themes.add_command(theme_summary)
themes.add_command(tag)
themes.add_command(tag_waiting)
for _command in (learn, use, evaluate, record):
    themes.add_command(_command)
