"""What commands say when something is wrong: each kind of error in words that somebody can act on."""

from __future__ import annotations

from functools import singledispatch

from sqlalchemy.exc import DBAPIError, IntegrityError

from feedback_app.domain import errors
from feedback_app.domain.shelf import FilesRefused
from feedback_app.settings import SettingsProblem

NO_TABLES = ("no such table", "no such column", "does not exist")


@singledispatch
def sentences_for(problem: Exception) -> str:
    """Return what to tell somebody about a problem."""
    return f"This cannot be done: {problem}" if str(problem) else "This cannot be done."


@sentences_for.register
def _(problem: SettingsProblem) -> str:
    return str(problem)


@sentences_for.register
def _(problem: FilesRefused) -> str:
    return "\n".join(problem.problems)


@sentences_for.register
def _(problem: errors.ImportRefused) -> str:
    return "\n".join(problem.problems)


@sentences_for.register
def _(problem: errors.NoSafeguardingReader) -> str:
    return (
        f"{problem.slug} would ask children for their own words, and no safeguarding reader is named who reads them. "
        "Invite somebody with that role first (People, or: feedback-app user invite), or leave out --texts-open."
    )


@sentences_for.register
def _(problem: errors.SurveyUnknown) -> str:
    return f"There is no survey or wave called {problem.slug}. See them with: feedback-app wave list"


@sentences_for.register
def _(problem: errors.WaveExists) -> str:
    return f"There is a wave called {problem.slug} already. Choose another --slug."


@sentences_for.register
def _(problem: errors.WaveClosed) -> str:
    return f"“{problem.title}” is not open."


@sentences_for.register
def _(problem: errors.InstrumentChanged) -> str:
    return (
        f"{problem.name} version {problem.version} has been answered and its file has changed since. "
        f"Put the file back as it was, and make v{problem.version + 1}.yaml for the changes."
    )


@sentences_for.register
def _(problem: errors.ListTooShort) -> str:
    return (
        f"More people have answered {problem.slug} than the {problem.people} on the list. The list is not whole, "
        "or the link went further than the list. Mend the number, or say that there is no list: "
        f"wave invited --wave {problem.slug} --no-list"
    )


@sentences_for.register
def _(problem: errors.WavesNotComparable) -> str:
    return {
        "same_wave": f"{problem.slug} cannot be compared with itself.",
        "other_survey": f"{problem.slug} and {problem.earlier} are waves of different surveys.",
        "demonstration": f"One of {problem.slug} and {problem.earlier} is a demonstration, the other is real.",
        "same_day": f"{problem.slug} and {problem.earlier} began on the same day: neither is the earlier one.",
        "not_earlier": f"{problem.earlier} did not begin before {problem.slug}: name the earlier wave with --compare.",
    }[problem.reason]


@sentences_for.register
def _(problem: errors.BreakdownUnknown) -> str:
    if not problem.known:
        return f"The answers of {problem.slug} cannot be broken down by anything."
    return f"{problem.slug} cannot be broken down by {problem.name}. It can be by: {', '.join(problem.known)}"


@sentences_for.register
def _(problem: errors.QuestionUnknown) -> str:
    return f"{problem.slug} has no question {problem.item} whose answers are broken down."


@sentences_for.register
def _(problem: errors.BreakdownRefused) -> str:
    return {
        "too_many": "Answers are broken down by two things at the most: more could point to a person.",
        "same_people": f"{' and '.join(problem.by)} tell the same people apart: name two different ones.",
        "one_question": "Two things at once are for one question at a time: name it with --item.",
    }[problem.reason]


@sentences_for.register
def _(problem: errors.NothingToLearn) -> str:
    return (
        f"People have read {problem.checked} comments and were sure of them; {problem.needed} are needed before "
        "anything can be learnt. Read on in the reading room."
    )


@sentences_for.register
def _(problem: errors.NotLearnt) -> str:
    return f"Nothing was learnt under number {problem.number}. See what there is: feedback-app themes record"


@sentences_for.register
def _(problem: errors.ModelRefused) -> str:
    return str(problem)


@sentences_for.register
def _(problem: DBAPIError) -> str:
    said = str(problem.orig)
    if isinstance(problem, IntegrityError):
        return "Somebody else changed the same data just now. Nothing was written; run the command again."
    if "locked" in said:
        return "The database is busy. Nothing was written; run the command again."
    if any(sign in said for sign in NO_TABLES) and "database" not in said:
        return "The database is not prepared, or older than the program. Run: feedback-app db upgrade"
    return f"The database cannot be used: {' '.join(said.split())}"
