"""What is done once a day for each partnership: deleting what was kept long enough, telling what closed, snapshots."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog

from feedback_app.clock import now_in
from feedback_app.domain.place import Place
from feedback_app.jobs.screening import ScreeningWork
from feedback_app.jobs.transactions import Transactions
from feedback_app.services import closing, finishing_talks, voices
from feedback_app.services.keeping import Sweeping, Swept
from feedback_app.services.snapshots import Taking
from feedback_app.services.theme_snapshot import ThemeFreezing

log = structlog.get_logger(__name__)


class DailyWork:
    """One partnership's daily work."""

    def __init__(self, transactions: Transactions, place: Place) -> None:
        """Work for a partnership, each step in a transaction of its own."""
        self.transactions, self.place = transactions, place

    def now(self) -> datetime:
        """Return the time where the partnership is."""
        return now_in(self.place.partnership.timezone)

    def sweep(self, *, dry_run: bool = False) -> Swept:
        """Delete what has been kept long enough and return how much; with `dry_run` only count it.

        Each draft goes in a transaction of its own, so that one that cannot be deleted keeps no other.
        """
        programme, apart = self.place.programme, self.transactions.apart
        sweeping = Sweeping(self.place.scope, self.now(), programme.rules if programme else None)
        with self.transactions.begin(reading=True) as session:
            if dry_run:
                return sweeping.count(session)
            expired = sweeping.list_drafts(session)
        self.finish_talks()  # before what is counted of them goes
        drafts = [apart(partial(sweeping.delete_draft, key_hash=key)) for key in expired]
        steps = {
            "words": sweeping.delete_words,
            "failed_jobs": sweeping.delete_failed_jobs,
            "tries": sweeping.delete_tries,
            "contacts": sweeping.delete_contacts,
            "needs": sweeping.delete_needs,
        }
        gone = {name: apart(step) for name, step in steps.items()}
        rewritten = apart(sweeping.rewrite_questions)
        wrong = [*drafts, *gone.values(), rewritten].count(None)
        numbers = {name: number or 0 for name, number in gone.items()}
        swept = Swept(drafts=sum(filter(None, drafts)), **numbers, went_wrong=wrong)
        self._tell_unread_flags(sweeping)
        if any(swept.as_dict().values()) or swept.went_wrong:
            log.info("swept", **swept.as_dict(), went_wrong=swept.went_wrong)
        return swept

    def finish_talks(self) -> int:
        """Finish the talks that nobody has finished in time, each by itself; return how many."""
        programme, place = self.place.programme, self.place
        if programme is None:
            return 0
        timezone, now = place.partnership.timezone, self.now()
        with self.transactions.begin(reading=True) as session:
            due = finishing_talks.list_due(session, place.scope, programme, now.date())
        finish = partial(finishing_talks.finish, scope=place.scope, programme=programme, timezone=timezone, now=now)
        done = [self.transactions.apart(partial(finish, talk=talk)) for talk in due]
        return len(done) - done.count(None)

    def screen_and_tell(self) -> None:
        """Screen what nobody has screened, and tell safeguarding readers of all that waits, once a day together."""
        work = ScreeningWork(self.transactions, self.place)
        work.screen_waiting()
        work.tell_readers(flagged_alone=False)

    def _tell_unread_flags(self, sweeping: Sweeping) -> None:
        """Say in the log that words stay past their time: a flag that nobody has read is never thrown away."""
        with self.transactions.begin(reading=True) as session:
            kept = sweeping.count_unread_flags(session)
        if kept:
            log.error("flagged_words_past_their_time_not_read", comments=kept)

    def sweep_voices(self) -> int:
        """Delete voices that were taken back and have been seen, and those kept long enough; return how many."""
        today = self.now().date()
        sweep = partial(voices.sweep_voices, scope=self.place.scope, today=today)
        return self.transactions.apart(sweep) or 0

    def tell_closed(self) -> int:
        """Put a message to the team for each wave that has closed and was not told yet; return how many messages."""
        place = self.place
        with self.transactions.begin(reading=True) as session:
            waves = closing.list_untold(session, place.scope, self.now().date())
        tell = partial(closing.tell_closed, scope=place.scope, policy=place.policy, language=place.first_locale)
        return sum(self.transactions.apart(partial(tell, wave=wave)) or 0 for wave in waves)

    def take_snapshots(self) -> int:
        """Bring what readers outside the SEND team see up to date, where R5 allows it; return of how many waves.

        Each wave in a transaction of its own, which goes wrong alone and is tried again the next day.
        """
        place = self.place
        taking = Taking(place.scope, place.policy, place.geography, place.population, self.now().date())
        with self.transactions.begin(reading=True) as session:
            due = taking.list_due(session)
        taken = sum(taking.bring_up_to_date(slug, self.transactions.apart, in_time=True) is not None for slug in due)
        if taken:
            log.info("snapshots_taken", waves=taken)
        self.freeze_themes()
        return taken

    def freeze_themes(self) -> int:
        """Freeze the themes of the latest snapshots where they are due, each wave by itself; return of how many."""
        place = self.place
        if place.codeframe is None:
            return 0
        freezing = ThemeFreezing(place.scope, place.policy, place.geography, place.codeframe, self.now().date())
        with self.transactions.begin(reading=True) as session:
            waves = freezing.list_waves(session)
        frozen = sum(freezing.bring_up_to_date(slug, self.transactions.apart) for slug in waves)
        if frozen:
            log.info("themes_frozen", waves=frozen)
        return frozen

    def do_all(self) -> None:
        """Do what is done once a day."""
        self.screen_and_tell()
        self.sweep()
        self.sweep_voices()
        self.tell_closed()
        self.take_snapshots()
