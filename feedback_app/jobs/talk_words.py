"""The words of messages to families: short and kind, in the language and within the request context of the caller.

None says what a family needs, what it asked, or how it is reached: somebody else may look at the phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from feedback_app.domain.partnership import CONTEXT, Language
from feedback_app.domain.place import Place
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.saying import clip, lead_lines, one_line, set_apart
from feedback_app.domain.talks.talk import MessageKind, SignUpState
from feedback_app.jobs.talk_times import before_words, day_words, moment_words, time_words, when_words
from feedback_app.services.keeping_booking import Held
from feedback_app.services.sending_talks import Letter
from feedback_app.services.waiting_list import Clock

LONGEST_TITLE, LONGEST_WHERE = 60, 40
LONGEST_SUBJECT = 66  # so that it stands on one line of the message, and on the screen of a phone


@dataclass(frozen=True)
class Said:
    """What is special about one message: its subject, what it says first, what its link is for, what it says last."""

    subject: str
    first: tuple[str, ...]
    short: str
    link: str
    link_for: str
    last: tuple[str, ...] = ()
    tells_talks: bool = True


class Writing:
    """Makes the words of one message in hand."""

    def __init__(self, place: Place, language: Language, letter: Letter, clock: Clock) -> None:
        """Write for a family of a partnership, in a language."""
        self.place, self.letter, self.clock = place, letter, clock
        self.rtl = language.direction == "rtl"

    def as_email(self) -> tuple[str, str]:
        """Return the subject, on one line, and the plain text."""
        said = self._said()
        parts = [_("Hello"), *said.first]
        if said.tells_talks:
            parts += [self._block(held) for held in self.letter.held]
        parts += [f"{said.link_for}\n{said.link}", *said.last, self.organiser]
        text = "\n\n".join(part for part in parts if part)
        return clip(one_line(said.subject), LONGEST_SUBJECT), lead_lines(text, right_to_left=self.rtl) + "\n"

    def as_text(self) -> str:
        """Return the words for a mobile phone: about 300 letters at the most, the link last."""
        said = self._said()
        return f"{self.organiser}: {said.short} {said.link}"

    @property
    def organiser(self) -> str:
        """Return who holds the talks."""
        programme = self.place.programme
        return one_line(pgettext(CONTEXT, programme.organiser)) if programme else ""

    def _said(self) -> Said:
        return _SAID[self.letter.message.kind](self)

    def own(self) -> str:
        """Return the link to the family's booking."""
        return url_for("talks.own", token=self.letter.booking.secret, _external=True)

    def title(self, most: int = LONGEST_SUBJECT) -> str:
        """Return what the talk is called, on one line."""
        return set_apart(clip(one_line(self.letter.one.talk.title), most), right_to_left=self.rtl)

    def _block(self, held: Held) -> str:
        """Return a talk with when, where and how the family's sign-up stands, a line each."""
        talk = held.talk
        lines = [set_apart(one_line(talk.title), right_to_left=self.rtl), when_words(talk), self._where(held)]
        if self.letter.message.kind is not MessageKind.OFFER:  # which has said so already
            lines.append(self._standing(held))
        if link := self.letter.joining.get(talk.id):
            lines += [_("To join online, open this link when the talk begins:"), one_line(link)]
        return "\n".join(line for line in lines if line)

    def _where(self, held: Held) -> str:
        venue = held.talk.venue
        if held.sign_up.way is Way.ONLINE:
            return _("Online")
        if venue is None:
            return _("In person")
        parts = [one_line(part) for part in (venue.name, venue.address, venue.postcode)]
        where = set_apart(", ".join(part for part in parts if part), right_to_left=self.rtl)
        return _("In person: %(where)s", where=where)

    def _short_where(self) -> str:
        held = self.letter.one
        if held.sign_up.way is Way.ONLINE or held.talk.venue is None:
            return _("Online") if held.sign_up.way is Way.ONLINE else _("In person")
        return set_apart(clip(one_line(held.talk.venue.name), LONGEST_WHERE), right_to_left=self.rtl)

    def _short_when(self) -> str:
        talk = self.letter.one.talk
        return _("%(day)s, %(time)s", day=day_words(talk.day), time=time_words(talk.starts))

    def about(self) -> dict[str, str]:
        """Return title, when and where, as texts say them."""
        title = f'"{self.title(LONGEST_TITLE)}"'  # straight ones: others make a text message twice as dear
        return {"title": title, "when": self._short_when(), "where": self._short_where()}

    def _standing(self, held: Held) -> str:
        """Return how a sign-up stands."""
        sign_up = held.sign_up
        if sign_up.state is SignUpState.BOOKED:
            return ngettext("Booked: %(num)s place", "Booked: %(num)s places", sign_up.places)
        if sign_up.state is SignUpState.WAITING:
            turn = self.letter.turns.get(sign_up.id, 1)
            return _("On the waiting list: you are number %(number)s", number=turn)
        if sign_up.state is SignUpState.OFFERED and sign_up.offer_until is not None:
            until = moment_words(sign_up.offer_until, self.clock.timezone)
            held_for = ngettext(
                "%(num)s place is held for you until %(until)s",
                "%(num)s places are held for you until %(until)s",
                sign_up.places,
                until=until,
            )
            return str(held_for)
        words: Mapping[SignUpState, str] = {
            SignUpState.LAPSED: _("Off the waiting list"),
            SignUpState.CANCELLED: _("Cancelled by you"),
            SignUpState.CALLED_OFF: _("The talk is cancelled"),
        }
        return words.get(sign_up.state, "")

    def _keep_secret(self) -> str:
        return _("Please keep this link to yourself. Anybody who has it can change your booking.")

    def booked(self) -> Said:
        """Return the words for a booking that was made, or added to."""
        link_for = _("Can you not come, or do you want to change something? Open your booking:")
        last = (self._keep_secret(),)
        if len(self.letter.held) > 1:
            number = len(self.letter.held)
            subject = ngettext("Your booking: %(num)s talk", "Your booking: %(num)s talks", number)
            first = _("Thank you for booking. This is how your booking stands.")
            short = ngettext(
                "Thank you for booking %(num)s talk. See when they are, or change your booking:",
                "Thank you for booking %(num)s talks. See when they are, or change your booking:",
                number,
            )
            return Said(subject, (first,), short, self.own(), link_for, last)
        if self.letter.one.sign_up.state is SignUpState.WAITING:
            subject = _("You are on the waiting list: %(title)s", title=self.title())
            first = _("All places are taken just now. You are on the waiting list.")
            soon = _("You do not have to do anything. We tell you when there is a place for you.")
            short = _("You are on the waiting list for %(title)s, %(when)s. Your booking:", **self.about())
            return Said(subject, (first, soon), short, self.own(), link_for, last)
        subject = _("You are booked: %(title)s", title=self.title())
        short = _("You are booked: %(title)s, %(when)s, %(where)s. See or change it:", **self.about())
        return Said(subject, (_("You are booked."),), short, self.own(), link_for, last)

    def reminder(self) -> Said:
        """Return the words for a reminder."""
        talk = self.letter.one.talk
        days = (talk.day - self.clock.today).days
        at = time_words(talk.starts)
        near = {0: _("Your talk is today at %(time)s.", time=at), 1: _("Your talk is tomorrow at %(time)s.", time=at)}
        first = near.get(days) or _("Your talk is on %(day)s at %(time)s.", day=day_words(talk.day), time=at)
        subject = _("Reminder: %(title)s", title=self.title())
        link_for = _("Can you not come? Please tell us here, so that another family gets your place:")
        short = _("Reminder: %(title)s, %(when)s, %(where)s. Can you not come? Tell us:", **self.about())
        return Said(subject, (first, _("We look forward to seeing you.")), short, self.own(), link_for)

    def moved(self) -> Said:
        """Return the words for a talk that was moved."""
        kept = (
            _("Your place is kept. You do not have to do anything if you can still come.")
            if self.letter.one.sign_up.state is not SignUpState.WAITING
            else _("You are still on the waiting list.")
        )
        subject = _("This talk has moved: %(title)s", title=self.title())
        before = before_words(self.letter.one.talk, self.rtl)
        first = (
            _("This talk has moved. Below you see when and where it is now."),
            _("Before, it was: %(when)s", when=before) if before else "",
            kept,
        )
        link_for = _("Can you not come any more? Please tell us here:")
        short = _("%(title)s has moved. It is now on %(when)s, %(where)s. Can you still come? Tell us:", **self.about())
        return Said(subject, first, short, self.own(), link_for)

    def called_off(self) -> Said:
        """Return the words for a talk that was cancelled."""
        because = one_line(self.letter.one.talk.cancelled_because)
        why = _("Why: %(why)s", why=set_apart(because, right_to_left=self.rtl)) if because else ""
        subject = _("Cancelled: %(title)s", title=self.title())
        first = (_("We are sorry. This talk is cancelled. It does not take place."), why)
        link_for = _("You do not have to do anything. To see your booking, or to book another talk:")
        short = _("We are sorry. %(title)s, %(when)s, is cancelled. Your booking:", **self.about())
        return Said(subject, first, short, self.own(), link_for)

    def back_on(self) -> Said:
        """Return the words for a talk that takes place after all."""
        subject = _("This talk takes place after all: %(title)s", title=self.title())
        first = (_("Good news. We told you that this talk was cancelled. It takes place after all."),)
        kept = {
            SignUpState.BOOKED: _("You have your place again."),
            SignUpState.WAITING: _("You are on the waiting list again."),
        }.get(self.letter.one.sign_up.state, "")
        link_for = _("Can you not come any more? Please tell us here:")
        short = _(
            "Good news: %(title)s takes place after all, %(when)s, %(where)s. Can you come? Tell us:", **self.about()
        )
        return Said(subject, (*first, kept), short, self.own(), link_for)

    def offer(self) -> Said:
        """Return the words for places that are held for a family."""
        sign_up = self.letter.one.sign_up
        until = moment_words(sign_up.offer_until or self.clock.now, self.clock.timezone)
        subject = _("There is a place for you: %(title)s", title=self.title())
        free = ngettext("A place is free for you.", "%(num)s places are free for you.", sign_up.places)
        by_then = ngettext(
            "We hold it for you until %(until)s. After that it goes to the next family.",
            "We hold them for you until %(until)s. After that they go to the next family.",
            sign_up.places,
            until=until,
        )
        link = url_for("talks.own_offer", token=self.letter.booking.secret, sign_up_id=sign_up.id, _external=True)
        short = _(
            "There is a place for you: %(title)s, %(when)s. Say yes or no by %(until)s:", until=until, **self.about()
        )
        return Said(subject, (free, by_then), short, link, _("Say yes or no here:"))

    def lapsed(self) -> Said:
        """Return the words for an offer that nobody answered."""
        subject = _("Your place went to another family: %(title)s", title=self.title())
        first = (_("We held a place for you and did not hear from you in time. It went to the next family."),)
        short = _(
            "We did not hear from you. Your place at %(title)s went to the next family. Wait again:", **self.about()
        )
        return Said(subject, first, short, self.own(), _("Do you still want to come? You can wait again here:"))

    def changed(self) -> Said:
        """Return the words for a sign-up that stands in another way than before."""
        free = self.letter.message.about.get("free")
        sign_up = self.letter.one.sign_up
        if isinstance(free, int) and sign_up.state is SignUpState.WAITING:
            return self._fewer_are_free(free)
        subject = _("Your booking has changed: %(title)s", title=self.title())
        link_for = _("Is something not right? Open your booking:")
        short = _("Your booking has changed: %(title)s, %(when)s. See how it stands:", **self.about())
        if sign_up.state is SignUpState.BOOKED:
            short = _("You are booked: %(title)s, %(when)s, %(where)s. See or change it:", **self.about())
        return Said(subject, (_("This is how your booking stands now."),), short, self.own(), link_for)

    def _fewer_are_free(self, free: int) -> Said:
        subject = _("Fewer places are free: %(title)s", title=self.title())
        wanted = self.letter.one.sign_up.places
        first = ngettext(
            "You are next on the waiting list. You asked for %(wanted)s places. %(num)s place is free now.",
            "You are next on the waiting list. You asked for %(wanted)s places. %(num)s places are free now.",
            free,
            wanted=wanted,
        )
        choice = _("You can take fewer places at once. Or wait until there are enough: you stay next.")
        short = ngettext(
            "%(num)s place is free now at %(title)s, %(when)s. Take it, or wait for more:",
            "%(num)s places are free now at %(title)s, %(when)s. Take them, or wait for more:",
            free,
            **self.about(),
        )
        return Said(subject, (first, choice), short, self.own(), _("Choose here:"))

    def cancelled(self) -> Said:
        """Return the words for a family that has cancelled."""
        subject = _("You have cancelled: %(title)s", title=self.title())
        first = (
            _("You have told us that you are not coming to this talk. Thank you: another family may get your place."),
        )
        link_for = _("Was this a mistake, or do you want to book another talk? Open your booking:")
        short = _("You have cancelled %(title)s, %(when)s. Was this a mistake? Your booking:", **self.about())
        return Said(subject, first, short, self.own(), link_for)

    def repeated(self) -> Said:
        """Return the words for a family with whose contact somebody tried to book once more."""
        subject = _("You have booked already")
        first = (
            _("Somebody, perhaps you, tried to book a talk again that you have booked already. Nothing has changed."),
            _("This is how your booking stands."),
        )
        short = _("You have booked already. Nothing has changed. See or change your booking:")
        link_for = _("To change something, open your booking:")
        return Said(subject, first, short, self.own(), link_for, (self._keep_secret(),))

    def need(self) -> Said:
        """Return the words for news about what a family needs: that there is some, never what it is about."""
        subject = _("News about what you asked for: %(title)s", title=self.title())
        first = (_("You told us what you need so that you can take part. We have news about it."),)
        short = _("We have news about what you need at %(title)s, %(when)s. Read it:", **self.about())
        return Said(subject, first, short, self.own(), _("Read it in your booking:"))

    def feedback(self) -> Said:
        """Return the words for those who came: one address for everybody, which says nothing of a booking."""
        path = self.letter.feedback_path
        link = f"{request.url_root.rstrip('/')}{path}"
        subject = _("How was it? %(title)s", title=self.title())
        first = (
            _("Thank you for coming to “%(title)s”.", title=self.title()),
            _("Please tell us how it was. It takes about two minutes."),
        )
        last = (_("Everybody gets the same link. Nobody can see from it who has answered."),)
        short = _(
            "Thank you for coming to %(title)s. How was it? Two minutes, and nobody sees who you are:", **self.about()
        )
        return Said(subject, first, short, link, _("Tell us here:"), last, tells_talks=False)


_SAID: Mapping[MessageKind, Callable[[Writing], Said]] = {
    MessageKind.BOOKED: Writing.booked,
    MessageKind.REMINDER: Writing.reminder,
    MessageKind.MOVED: Writing.moved,
    MessageKind.CALLED_OFF: Writing.called_off,
    MessageKind.BACK_ON: Writing.back_on,
    MessageKind.OFFER: Writing.offer,
    MessageKind.LAPSED: Writing.lapsed,
    MessageKind.CHANGED: Writing.changed,
    MessageKind.CANCELLED: Writing.cancelled,
    MessageKind.REPEATED: Writing.repeated,
    MessageKind.NEED: Writing.need,
    MessageKind.FEEDBACK: Writing.feedback,
}
