"""Invented comments for the demonstration, put together of parts: nobody said them, and they name nobody real.

Each line holds choices in brackets, "(one|another)", so that a few lines make many different comments.
"""

from __future__ import annotations

import re
from random import Random
from typing import Final

_CHOICE = re.compile(r"\(([^()]*)\)")
_WAITS: Final = "six months|over a year|eighteen months|nearly two years|since last autumn"

PARENTS_WELL = (
    "The (new teaching assistant|SENCO|class teacher) really (understands|gets) (my son|my daughter|our child).",
    "(Somebody|The helpline|Our caseworker) rang back (the same day|within two days) and explained the next step.",
    "The (annual review|review meeting) was (kind|calm) and they asked what matters to us.",
    "(My child|My daughter|He) likes going in again. The (quiet room|sensory room|breakfast club) helps a lot.",
    "We got the draft (EHC plan|plan) on time and it sounded like (my child|my son).",
    "The (drop-in|coffee morning|parent group) gave us ideas that we could use at home straight away.",
    "Staff listened and changed the (timetable|seating|homework) within a week.",
    "The speech (therapist|and language therapist) showed us what to practise (at home|every day).",
    "Moving (to the new class|up to secondary school|to college) went better than we feared.",
    "The (Local Offer|website) told me who to (ring|ask).",
    "It helps that one person knows our story and we (do not|never) have to say it twice.",
    "The taxi driver is (patient|lovely|always on time) and (knows|waits for) my child.",
    "(Short breaks|The Saturday club|The holiday club) gave us (a rest|time with our other children).",
    "School and the (health visitor|paediatrician|CAMHS team) (talk to|work with) each other now.",
    "The (autism|ADHD) team gave us a clear (report|plan) after the assessment.",
    "They asked (my son|my daughter|our teenager) what (he|she) wants, and wrote it into the plan.",
    "The occupational therapist (sorted|got us) the right (chair|equipment) quickly.",
    "The (swimming|youth|sports) club welcomes children like mine.",
    "The counsellor in school has helped with (her anxiety|his worries) so much.",
    "Our (social worker|support worker) is honest with us and does what she says.",
)  # fmt: skip
PARENTS_CHANGE = (
    f"We have waited ({_WAITS}) for (an autism assessment|an ADHD assessment|a diagnosis) and heard nothing.",
    "We had to tell our story again to every new person.",
    "Please answer (emails|the phone|my messages), even if only to say when an answer will come.",
    "The (EHC plan|plan) is good on paper, but (the help|the one to one support|the speech therapy) has not started.",
    "The (bus|taxi|school transport) was late so often that my child missed lessons.",
    "I did not know where to (ask|go) until another parent told me.",
    "More (staff|teachers) should (understand|be trained in) (autism|sensory needs|dyslexia|masking).",
    "The letters are hard to understand and full of jargon.",
    "There is nothing to do near us in the (school holidays|summer) for disabled children.",
    "Health and school (should talk with|blame) each other and nobody takes charge.",
    "We would like to know what happens after (school|college|he turns 18).",
    "The plan took (far longer than 20 weeks|more than a year|months) and nobody told us why.",
    f"My (son|daughter) has been out of school ({_WAITS}) because there is no (place|suitable school).",
    f"(CAMHS|Mental health support) has a waiting list of ({_WAITS}) and we were turned away.",
    "We had to go to (tribunal|mediation) to get what the plan should have said from the start.",
    "The annual review (was late|was cancelled twice|changed nothing) and the plan is out of date.",
    "Nobody listens to parents. We feel (judged|blamed|dismissed) in every meeting.",
    "My child is (on a part-time timetable|sent home early most days|excluded again) instead of getting support.",
    f"We waited ({_WAITS}) for (speech therapy|occupational therapy|physiotherapy) and got six sessions.",
    "I had to give up (work|my job) to care for my child, and money is (very tight|a constant worry).",
    "Children with SEN but no plan get (nothing|no extra help) in class.",
    "(The caseworker|Our plan coordinator) changed (three|four|five) times in a year.",
    "My child was left out of (the school trip|sports day|the play) again.",
    "Short breaks were cut and we are (exhausted|worn out). Brothers and sisters miss out too.",
    "There should be more help to (get ready for work|live on his own|travel alone) after 18.",
)  # fmt: skip
PARENTS_EITHER = (
    "It was fine, thank you.", "Some of it helped and some of it did not.", "It depends on who you get.",
    "(Better|A bit better) than last year, but still (slow|very slow).", "Nothing to add.", "Please keep asking us.",
    "The school (is lovely|is great), but the wait for (the assessment|therapy|the plan) is far too long.",
    "Staff are kind, but (they are not trained|there are too few of them).",
)  # fmt: skip
YOUNG_WELL = (
    "My (teacher|TA|mentor) is nice and (helps me|listens to me).", "I have (good|two|new) friends now.",
    "I like (art|football|cooking|drama|maths|lunch club).", "The quiet room is good when it is (loud|too much).",
    "They asked me what I (want|think) and then did it.", "College is better than school. I feel (grown up|calm).",
    "My (work experience|job coach) is going (well|great).", "I go on the bus on my own now.",
    "I (got|have) my fidget things and a break card and it (works|helps).",
)  # fmt: skip
YOUNG_CHANGE = (
    "It is too (loud|busy|crowded) (in the corridors|at lunch|in class).", "Teachers should (listen|shout less).",
    "People (are mean to me|laugh at me|leave me out) at break.", "I want more help with (reading|writing|maths).",
    "I want to know what happens (after college|next year|when I leave).", "Less homework please.",
    "I waited (ages|so long) to talk to someone about my (worries|anxiety).", "I want a (job|club) near where I live.",
    "Let me be in (lessons|trips) with everyone, not on my own with an adult.", "The taxi is always late.",
    "Nobody asked me about my plan.",
)  # fmt: skip
YOUNG_EITHER = ("It is ok.", "I don't know.", "Some days are good and some are bad.", "More trips!", "Nothing.")
STAFF_WELL = (
    "(Good|Clear) training and a manager who has time for us.", "Regular meetings with (health|schools|social care).",
    "Families tell us when something works.", "A (small|stable) team that knows the children well.",
    "Being able to ring the (educational psychologist|specialist teacher) for advice.",
)  # fmt: skip
STAFF_CHANGE = (
    "Caseloads are (too high|growing every term), so plans are late.",
    "One shared system (for|with) health and schools.",
    "More (speech therapists|specialist teachers|educational psychologists).",
    "Less paperwork, more time with families.",
    "Clear information on what we may promise families about waiting times.",
    "Training on (autism|trauma|sensory needs) for everybody, not just the SENCO.",
)  # fmt: skip
STAFF_EITHER = ("It varies from week to week.", "Nothing to add.", "Good people, too few of them.")
HELPLINE_REASONS = (
    "Asked when the draft plan will come.", "Asked how to ask for an assessment of needs.",
    "Asked what to do about school transport that does not come.",
    "Asked for help with a school that excludes a child.",
    "Wanted to know which short breaks there are.", "Asked how to appeal against a decision about a plan.",
    "Could not reach the caseworker by phone for weeks.", "Asked what support there is while waiting for a diagnosis.",
)  # fmt: skip
# Names and numbers that nobody has: so that hiding them can be looked at.
NAMING = (
    "Please (ring me|call me) on 07700 900123 about it.",
    "My son Zandro waited longest of all.",
    "Mrs Quillbeam at the office was very helpful.",
)
# In other languages: a person reads them. The same two things: it takes long; the school is good.
ELSEWHERE = (
    "Czekamy na diagnozę już ponad rok i nikt nam nic nie mówi.", "Szkoła jest bardzo pomocna, dziękujemy.",
    "Așteptăm de mult timp evaluarea și nu răspunde nimeni.", "ہم ایک سال سے انتظار کر رہے ہیں۔ کوئی جواب نہیں دیتا۔",
)  # fmt: skip
# What screening has to find: made up, and mild.
FLAGGED = (
    "He says he does not want to be here any more. We do not know whom to ask.",
    "She hurts herself when she comes home from school. Please can somebody ring us.",
    "I am at breaking point and I cannot keep everybody safe at night.",
    "My child told me that a member of staff locked him in a room.",
    "He ran away from school twice and nobody told us until the evening.",
)
FLAGGED_YOUNG = (
    "Sometimes I do not want to be here any more.", "I hurt myself when it gets too much.",
    "Someone at school hits me and I am scared to say who.",
)  # fmt: skip

_OF = {
    "parent_carer": {"going_well": PARENTS_WELL, "needs_change": PARENTS_CHANGE, None: PARENTS_EITHER},
    "young_person": {"going_well": YOUNG_WELL, "needs_change": YOUNG_CHANGE, None: YOUNG_EITHER},
    "staff": {"going_well": STAFF_WELL, "needs_change": STAFF_CHANGE, None: STAFF_EITHER},
}
HAPPY, UNHAPPY = 0.5, -0.2  # moods, in standard deviations, from which on somebody speaks so where nobody asks for it
TWO_THINGS, NAMED, OTHER_LANGUAGE, IN_DANGER = 0.35, 0.02, 0.015, 0.012


def compose_comment(draw: Random, audience: str, asked: str | None, mood: float) -> str:
    """Return an invented comment to a question that asks for what goes well, needs to change, or either (None).

    ``mood`` is that of the person's other answers, in standard deviations: it decides where the question does not.
    """
    kinds = _OF.get(audience, _OF["parent_carer"])
    chance = draw.random()
    if chance < IN_DANGER:
        return draw.choice(FLAGGED_YOUNG if audience == "young_person" else FLAGGED)
    if chance < IN_DANGER + OTHER_LANGUAGE and audience == "parent_carer":
        return draw.choice(ELSEWHERE)
    side = asked or ("going_well" if mood > HAPPY else "needs_change" if mood < UNHAPPY else None)
    lines = kinds.get(side, kinds[None])
    said = [draw.choice(lines)]
    if draw.random() < TWO_THINGS:
        said.append(draw.choice([line for line in lines if line != said[0]]))
    if draw.random() < NAMED and audience == "parent_carer":
        said.append(draw.choice(NAMING))
    return " ".join(_chosen(line, draw) for line in said)


def _chosen(line: str, draw: Random) -> str:
    """Return a line with one of each of its choices."""
    return _CHOICE.sub(lambda found: draw.choice(found[1].split("|")), line)
