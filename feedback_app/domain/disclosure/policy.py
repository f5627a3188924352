"""The thresholds of disclosure control, as data."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Policy(BaseModel):
    """The thresholds of ``disclosure.yaml``, all in people; a contradictory set raises a validation error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_base: int = Field(default=10, ge=3)
    minimum_base_minors: int = 20
    small_group: int = 30
    threshold: int = Field(default=5, ge=3)
    threshold_sensitive: int = 10
    rounding: int = Field(default=5, ge=2)
    exact_headline_base: int = 100
    same_answer_base: int = Field(default=20, ge=0)
    share_base: int = 20  # R2: a group with fewer has counts in a breakdown, no percentages
    minimum_places: int = Field(default=3, ge=1)  # R0: settings or sessions behind a place's answers from children

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        order = (self.minimum_base, self.minimum_base_minors, self.small_group, self.exact_headline_base)
        if sorted(order) != list(order):
            raise ValueError("minimum_base, minimum_base_minors, small_group, exact_headline_base must not fall")
        if self.share_base < self.minimum_base:
            raise ValueError("share_base must not be below minimum_base")
        if not self.rounding <= self.threshold <= self.threshold_sensitive:
            raise ValueError("rounding, threshold, threshold_sensitive must not fall")
        if self.minimum_base < self.threshold or self.minimum_base_minors < self.threshold_sensitive:
            raise ValueError("a minimum base must not be below its threshold")
        return self

    def base_for(self, minors: bool) -> int:
        """Return the smallest base, in people, of which anything is shown (R0)."""
        return self.minimum_base_minors if minors else self.minimum_base

    def threshold_for(self, minors: bool, sensitive: bool) -> int:
        """Return T, the smallest count, in people, that is not hidden (R1)."""
        return self.threshold_sensitive if minors or sensitive else self.threshold
