"""What keeps a message from being sent: for ever, or until somebody has set something up."""

from __future__ import annotations


class NeverSendable(Exception):
    """A message that no mail server could ever take, such as one to no address: trying again cannot help."""


class NoMailServer(Exception):
    """There is no mail server to hand messages to: they wait until one is named."""
