"""`feedback-app themes learn | use | evaluate | record`: what the tagger learns from people, and how right it is."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback_app.cli.running import Refused, application, now, operator, place, reading, scope, shelf, writing
from feedback_app.domain.codeframe import Codeframe
from feedback_app.services import gold_file, tagger_record, teaching

if TYPE_CHECKING:
    from feedback_app.theming.evaluating import Evaluation
    from feedback_app.theming.measures import Interval

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NO_CODEFRAME = "There is no codeframe.yaml here. Name a file: --codeframe FILE"
ENOUGH = 10  # suggestions before a share of them is told


@click.command("learn")
def learn() -> None:
    """Learn from what people decided in the reading room; kept with its record, and not used before `themes use`."""
    with application():
        codeframe = _codeframe(None)
        with reading() as db:
            examples = teaching.list_examples(db, scope(), codeframe)
        lesson = teaching.learn_themes(codeframe, examples)
        with writing() as db:
            found = teaching.keep_lesson(db, scope(), codeframe, lesson, at=now(), actor=operator())
        won = [theme for theme, told in found.record["themes"].items() if told["won"]]
        click.echo(f"Number {found.number}: learnt from {found.examples:,} comments that people have read.")
        click.echo(f"Better than cues for {len(won)} of {len(codeframe.codes)} themes: {', '.join(won) or 'none'}.")
        click.echo(f"It is not in use. To use it: feedback-app themes use {found.number}")


@click.command("use")
@click.argument("number")
def use(number: str) -> None:
    """Let the tagger use what was learnt under NUMBER from now on, or `none` for cues alone."""
    if number != "none" and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Refused("Say which: a number that `feedback-app themes record` shows, or none.")
    chosen = None if number == "none" else int(number)
    with application(), writing() as db:
        teaching.use_learnt(db, scope(), _codeframe(None), chosen, at=now(), actor=operator())
    told = "Cues alone are used" if chosen is None else f"Number {chosen} is used"
    click.echo(f"{told} from now on. Comments that nobody has read are tagged anew.")


@click.command("record")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def record(as_json: bool) -> None:
    """Show how often the tagger was right in comments that people have read, and what was learnt."""
    with application(), reading() as db:
        codeframe = _codeframe(None)
        told = tagger_record.get_record(db, scope(), codeframe)
        learnt = teaching.list_learnt(db, scope(), codeframe)
        if as_json:
            click.echo(json.dumps(asdict(told), default=str, indent=1))
            return
        click.echo(f"{told.codeframe} version {told.codeframe_version}: people have read {told.checked:,} comments.")
        click.echo(f"Sure suggestions that people found right: {_share(told.sure_right, told.sure_of)}")
        click.echo(f"Suggestions for review that were right: {_share(told.review_right, told.review_of)}")
        click.echo(f"Themes that people added: {told.missed:,}")
        for one in told.themes:
            if one.confirmed or one.suggested:
                numbers = f"in {one.confirmed:,}, right {_share(one.right, one.suggested)}, missed {one.missed:,}"
                click.echo(f"  {one.theme}: {numbers}, by {'what was learnt' if one.source == 'learnt' else 'cues'}")
        for facts in learnt:
            used = ", in use" if facts.in_use else ""
            of = f"version {facts.codeframe_version}, {facts.made_on}, from {facts.examples:,} comments"
            click.echo(f"Learnt number {facts.number}: {of}{used}")


@click.command("evaluate")
@click.option("--gold", required=True, type=FILE, help="CSV of comments that people labelled.")
@click.option("--train", type=FILE, help="CSV to learn from first; what is also in the gold is left out of it.")
@click.option("--folds", is_flag=True, help="Learn from the gold itself, each fifth judged by the other four.")
@click.option("--codeframe", "path", type=FILE, help="A codeframe file; the partnership's own where none is named.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def evaluate(gold: Path, train: Path | None, folds: bool, path: Path | None, as_json: bool) -> None:
    """Hold the tagger against comments that people labelled: F1 by theme, precision, calibration, agreement."""
    from feedback_app.theming import evaluating

    if folds and train:
        raise Refused("Either --train FILE or --folds: it learns from the one or from the other.")
    with application():
        codeframe = _codeframe(path)
    examples = gold_file.read_gold(gold, codeframe)
    training = gold_file.read_gold(train, codeframe, masked=True) if train else []
    if folds:
        tagged = evaluating.tag_in_folds(codeframe, examples)
    else:
        tagged = evaluating.tag_gold(codeframe, examples, training)
    found = evaluating.evaluate(codeframe, examples, tagged)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
        return
    for line in evaluation_lines(found):
        click.echo(line)


def evaluation_lines(found: Evaluation) -> list[str]:
    """Return what was measured in lines, with what each figure means."""
    lines = [f"{found.comments:,} comments; {found.person:,} left to a person for their language."]
    lines += [f"  {one.theme:<24} {_theme_figures(one)}" for one in found.themes]
    lines += [
        f"F1, every theme alike (macro): {_interval(found.macro)}",
        f"F1, every label alike (micro): {_interval(found.micro)}",
    ]
    if found.priorities:
        lines.append(f"F1 of priorities (micro): {_interval(found.priorities)}")
    lines.append(
        f"Sure enough to be accepted without a look: {found.sure_suggested:,}; right: {_interval(found.sure)}; "
        f"{found.sure_recall:.0%} of all labels"
    )
    lines += [
        f"  said {band.low:.2f} to {band.high:.2f}: {band.suggested:,} suggestions, on average {band.said:.2f}, "
        f"right {band.right / band.suggested:.2f}"
        for band in found.bands
        if band.suggested
    ]
    lines.append(f"How far likelihoods are off on average (expected calibration error): {found.calibration:.3f}")
    if found.valence_macro is not None and found.valence_right is not None:
        told = f"F1 (macro) {found.valence_macro:.3f}, right {found.valence_right:.3f}"
        lines.append(f"Going well, needs to change, or between, of {found.valences:,} comments: {told}")
    if found.readers is not None:
        lines.append(f"Two readers with each other, F1 (micro): {found.readers:.3f}")
    return lines


def _theme_figures(one: Any) -> str:
    kappa = f", kappa of two readers {one.kappa.value:.2f}" if one.kappa and one.kappa.value is not None else ""
    return f"F1 {one.f1:.2f}: in {one.there:,}, suggested for {one.suggested:,}, right {one.right:,}{kappa}"


def _interval(one: Interval) -> str:
    return f"{one.value:.3f}" + (f" ({one.low:.3f} to {one.high:.3f})" if one.low is not None else "")


def _share(right: int, of: int) -> str:
    return f"{right:,} of {of:,}" + (f" ({right / of:.0%})" if of >= ENOUGH else "")


def _codeframe(path: Path | None) -> Codeframe:
    """Return the codeframe of a file, or the partnership's own; raise Refused where there is none."""
    found = shelf().load_codeframe(path.resolve()) if path else place().codeframe
    if found is None:
        raise Refused(NO_CODEFRAME)
    return found
