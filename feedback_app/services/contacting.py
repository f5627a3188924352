"""How families are reached: e-mail addresses and mobile numbers as they are kept, one spelling of each."""

from __future__ import annotations

from typing import Literal

from email_validator import EmailNotValidError, validate_email

from feedback_app.domain.words import tidy_words

LONGEST_EMAIL = 254
LONGEST_MOBILE = 40  # as it is typed, with spaces and brackets
WhyWrong = Literal["email", "letters", "mobile", "abroad", "not_mobile"]
# Numbers that the regulator keeps for plays and examples, and that no telephone has.
_INVENTED = {"GB": "+447700900"}
_LENGTH = 13


class ContactWrong(ValueError):
    """Nobody can be reached like this: no address, other letters than a to z; no number, from abroad, no mobile."""

    def __init__(self, reason: WhyWrong) -> None:
        """Keep why; what was typed is somebody's own and stays out of it."""
        super().__init__(reason)
        self.reason = reason


def read_email(text: str) -> str | None:
    """Return an e-mail address in its one spelling, None for nothing; raise ContactWrong. Nothing is looked up.

    One with other than ASCII signs is refused: it may look like another's, and not every mail server takes it.
    """
    typed = tidy_words(text).removeprefix("mailto:")
    if not typed:
        return None
    if len(typed) > LONGEST_EMAIL:
        raise ContactWrong("email")
    try:
        address = validate_email(typed, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise ContactWrong("email") from None
    if not address.isascii():
        raise ContactWrong("letters")
    return address


def read_mobile(text: str, region: str = "GB") -> str | None:
    """Return a mobile number as +44..., None for nothing; raise ContactWrong.

    It has to take text messages and be of the region's own country: those from abroad cost more, and somebody could
    make us pay for them.
    """
    import phonenumbers

    typed = tidy_words(text)
    if not typed:
        return None
    if len(typed) > LONGEST_MOBILE:
        raise ContactWrong("mobile")
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise ContactWrong("mobile") from None
    if number.extension:
        raise ContactWrong("mobile")
    if number.country_code != phonenumbers.country_code_for_region(region):
        raise ContactWrong("abroad")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if region in _INVENTED and written.startswith(_INVENTED[region]) and len(written) == _LENGTH:
        return written
    if not phonenumbers.is_valid_number(number):
        raise ContactWrong("mobile")
    takes_texts = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(number) not in takes_texts:
        raise ContactWrong("not_mobile")
    return written
