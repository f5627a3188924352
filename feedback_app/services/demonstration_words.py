"""Invented comments for the demonstration: nobody said them, and they name nobody and no place."""

from __future__ import annotations

GOING_WELL = (
    "The new teaching assistant understands what my child needs.",
    "Somebody rang back the same day and explained the next step.",
    "The review meeting was kind, and they asked what matters to us.",
    "My child likes going in again. The quiet room helps a lot.",
    "We got the draft plan on time and it sounded like my child.",
    "The drop-in gave us ideas that we could use at home straight away.",
    "Staff listened and changed the timetable within a week.",
    "The speech therapist showed us what to practise.",
    "Moving to the new class went better than we feared.",
    "The website told me who to ring.",
    "It helps that one person knows our story.",
    "The training was clear and close to everyday work.",
)
NEEDS_CHANGE = (
    "Waiting for an assessment without hearing anything is the hardest part.",
    "We had to tell our story again to every new person.",
    "Please answer emails, even if only to say when an answer will come.",
    "The plan is good on paper, but the help has not started.",
    "Transport was late so often that my child missed lessons.",
    "I did not know where to ask until another parent told me.",
    "More staff should understand sensory needs.",
    "The letters are hard to understand.",
    "There is nothing to do near us in the holidays.",
    "Health and school should talk with each other.",
    "We would like to know what happens after school ends.",
    "The forms ask the same things again and again.",
)
EITHER = (
    "It was fine, thank you.",
    "Some of it helped and some of it did not.",
    "Better than last year, but still slow.",
    "It depends on who you get.",
    "Nothing to add.",
    "Please keep asking us.",
)
COMMENTS = {"going_well": GOING_WELL, "needs_change": NEEDS_CHANGE, None: (*EITHER, *GOING_WELL[:3], *NEEDS_CHANGE[:3])}
