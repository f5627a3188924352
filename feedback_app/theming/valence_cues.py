"""The turns of speech by which English says how somebody speaks of a thing, where word lists of sentiment go wrong."""

from __future__ import annotations

import re

from feedback_app.domain.codeframe import Codeframe, Theme
from feedback_app.theming.words import tokens

WISH, HARD, FINE = "WISH", "HARD", "FINE"

_WISHES = """
    should (have | of | be | not | never) / should / could (have | of) / could (be | do) (better | more | improve* |
    quicker | faster) / could improve / could do with / could (of | have) been (better | more | quicker | faster) /
    can be improved / be improved / would like / would love / would of liked / would have liked / would prefer / id
    like / id love / wish / hope .. will / would be (nice | good | great | helpful | useful | better | lovely |
    beneficial | easier) / would .. help / would have helped / may of helped / may have helped / might have helped /
    would (make | be) .. (better | easier) / needs to / need to / needs (more | better | improv* | sorting |
    addressing | changing | some | a | an | less) / need (more | better | a | an | less | some) / (is | are | was |
    were) needed / more (help | support | staff | information | info | time | training | funding | places | places |
    choice | communication | understanding | provision | options | activities | groups | therapists | teachers |
    money | resources | contact) / more .. (needed | required | please) / better (communication | support |
    understanding | training | information | provision) / less (waiting | wait | delay*) / (quicker | faster |
    shorter | sooner | earlier) / improve / improvement* / please (can | could | help | make | give | stop | listen
    | provide | change | do) / must (be | do | have) / ought to / want* more / provide more / provide better / make
    sure / make it easier / instead of / (listen | talk | communicate | speak) (to | more | with) (parents | us |
    families | patients | people | me | each other) / had (more | a better) / there (was | were) more / if only /
    not enough / too (many | much | long | few | little | late | slow* | far | small | big | often | quickly | short
    | early | hard | busy | expensive | noisy | cold | hot)
"""
_HARDSHIPS = """
    (no one | noone | nobody | none of them | never) .. (listen* | car* | help* | understand* | know* | support* |
    kind* | explain* | answer* | repl* | talk* | work* | friendly) / long time / (hour | hours) to (arrive | attend
    | come | get) / (had | have | having | has) to (fight | battle | chase | beg | wait | push | complain | argue |
    repeat | explain | pay | keep | ring | phone) / fight* for / fought / battl* / nightmare / uphill / let down /
    letting .. down / fobbed off / pillar to post / passed around / ignored / ignores / ignoring / dismissed /
    dismissive / (no | zero | little | limited | lack of | lacking | without | minimal | barely any | hardly any)
    (help | support | communication | understanding | information | info | contact | response | reply | provision |
    training | staff | update* | one | idea | feedback | advice | choice | plan | care | compassion | interest |
    resources | funding) / lack of / lacked / lacking / lacks / shortage / no one / noone / nobody / not one person
    / nothing (has | is | was | gets | happen* | changes | changed | done | works) / never (got | get | gets | had |
    have | has | been | hear* | came | come | comes | returned | answer* | listen* | reply | replied | call* | rang
    | happen* | receiv* | told | there | on time | given | follow* | know*) / (still | been | are | were | was | am
    | im) waiting / waiting for .. (months | years | weeks | hours) / waited / (hours | months | years | weeks)
    (wait | later | late | for | waiting) / over .. (hours | months | years | weeks) / wait (of | for | was | is |
    over | time*) .. (hour | hours | months | years | weeks) / waiting (time | times | list | lists) / long (wait |
    waits | delay*) / takes (ages | forever | so long | years | months | too long) / took (ages | forever | so long
    | years | months | too long | over | hours) / delay / delays / delayed / cancelled / canceled / refused /
    refuse* to / rejected / turned down / turned away / declined / failing / failed / fails / failure / (dont |
    doesnt | didnt | do not | does not | did not | not | wont | isnt | arent | wasnt) .. (listen* | understand* |
    help | helped | helping | care | caring | answer* | reply | respond | work | working | happen | support* | turn
    up | arrive | come | available | respect* | explain* | know | good | great | happy | satisfied | met | meet |
    enough | acceptable | appropriate | suitable | fit) / (couldnt | could not | cant | cannot | unable to) .. (get
    | see | access | find | speak | cope | contact | reach | help | attend | hear | understand | sleep | afford) /
    (couldnt | cant | cannot) (be bothered | get through) / give up / gave up / given up / too late / out of date /
    not fit for purpose / waste of / pointless / useless / rude / unhelpful / unprofessional / shambles / disgrace*
    / disgusting / appalling / shocking / awful / terrible / poor / poorly (run | organised | managed | trained |
    handled) / joke / farce / chaotic / disorganised / inconsistent / struggl* / stress* / exhaust* / anxious /
    isolat* / confus* / frustrat* / inadequate / unacceptable / broken / postcode lottery / excluded / off rolled /
    no school place / out of school / blame* / judged / understaffed / overstretched / late / slow / bored / boring
    / difficult / hard to / problem / problems / issues / complain* / unfair / concern* / worried / worry / lost /
    wrong / missed / mistake* / forgot* / no longer / stopped / cut / cuts / closed / expensive / noisy /
    uncomfortable / abrupt / not great / not good / not happy
"""
_FINE = """
    (couldnt | cant | cannot | could not | can not) (fault | ask for | be better | have been better | of been better
    | complain | improve | speak highly | praise | thank | rate | recommend) / (couldnt | cant | cannot | could not)
    .. (fault | better | happier | praise | thank .. enough | ask for more) / no (complaint* | problem* | issue* |
    concern* | worries | fault* | improvement* | need to improve | changes | delay* | waiting) / without (problem* |
    delay | fault | issue* | any problem*) / never (had a problem | any problem* | had any problem* | a problem |
    late | fails | failed | let us down | let me down) / nothing (to improve | to change | more | else | but praise
    | but good | but positive | wrong | bad | negative | could be | could have | needs | was too much | is too much
    | to complain | to add) / (no | not) .. need .. improve* / (dont | doesnt | do not | does not) need (to improve
    | improving | improvement) / not (a | any) (problem | complaint | fault) / keep (up | doing | going | it up) /
    keep .. good work / carry on / well done / thank you / thanks / thankyou / thankful / grateful / appreciate* /
    brilliant / amazing / fantastic / excellent / outstanding / superb / wonderful / fabulous / great / lovely /
    perfect* / fab / helpful / supportive / kind / caring / friendly / professional / polite / efficient / reassur*
    / understanding / patient with / attentive / happy with / very happy / pleased / satisfied / delighted /
    impressed / thrives / thriving / thrived / settled / comes home happy / loves (school | going | it | his | her |
    their) / lifeline / godsend / life saver / lifesaver / changed our lives / went above and beyond / above and
    beyond / goes out of (her | his | their) way / listened / listens / (really | very | so) (good | well | helpful
    | supportive | quick | kind | prompt) / (all | everything) (good | fine | ok | okay | great | perfect) /
    (everything | all) (is | was | went | were | has been | worked) .. (good | fine | ok | okay | great | perfect |
    excellent | well | smoothly) / happy .. as it is / fine as (it is | they are) / as (good | well) as / on time /
    prompt* / works well / working well / worked well / made .. (difference | progress) / making progress / big
    difference / good (job | service | care | support | communication | school) / answered .. questions / quick*
    (response | to respond | service) / safe / comfortable / welcoming / approachable / respectful / with respect /
    knowledgeable / thorough / calm
"""
# All that a comment may say and still say nothing, or that somebody has no answer.
_OF_NOTHING = """
    nothing none no nope nil nowt zero na any really at all i can think of that to add say else further much just the
    moment for me us absolutely literally honest be honestly on this occasion there is was not comment comments improve
    complaints cant cannot anything im can could
"""
_OF_NO_ANSWER = """
    dont do not know sure no idea unsure im i am cant cannot say think really comment comments opinion never used it
    them have this because its it is true right the truth rather prefer wish to unable
"""
_NOTHING = frozenset(_OF_NOTHING.split())
_NO_ANSWER = frozenset(_OF_NO_ANSWER.split())
_SAYS_NO = frozenset(("nothing", "none", "no", "nope", "nil", "nowt", "zero", "na"))
_MOST_WORDS = 10  # of a comment that says nothing
_LOOKED_AT = 200  # characters


def is_nothing(text: str) -> bool:
    """Return whether a comment is a bare "nothing", however it is put."""
    words = _first_words(text)
    said = not _SAYS_NO.isdisjoint(words) or {"think", "anything"} <= set(words)
    return said and len(words) <= _MOST_WORDS and _NOTHING.issuperset(words)


def begins_with_nothing(text: str) -> bool:
    """Return whether a comment says "nothing" or "no" before it goes on: "Nothing, they were brilliant"."""
    words = _first_words(text)
    return bool(words) and (words[0] in ("nothing", "nowt", "none", "nil") or bool(_NO_FIRST.match(text)))


def is_no_answer(text: str) -> bool:
    """Return whether somebody says that they do not know, or have nothing to say to it."""
    words = _first_words(text)
    return 0 < len(words) <= _MOST_WORDS and _NO_ANSWER.issuperset(words)


def begins_with_wish(words: tuple[str, ...]) -> bool:
    """Return whether a sentence of these words begins as wishes do: "More help", "Less waiting"."""
    return bool(words) and words[0] in _WISH_FIRST


_WISH_FIRST = frozenset(
    ("more", "less", "better", "quicker", "faster", "shorter", "earlier", "sooner", "stop", "please")
)
_NO_FIRST = re.compile(r"\s*no\s*[,.!;:-]", re.IGNORECASE)


def _first_words(text: str) -> list[str]:
    words = tokens(text[:_LOOKED_AT])
    return ["na", *words[2:]] if words[:2] == ["n", "a"] else words


def _cues(text: str) -> tuple[str, ...]:
    return tuple(" ".join(cue.split()) for cue in text.split("/"))


def turns_of_speech() -> Codeframe:
    """Return the turns of speech as a codeframe, so that they are found as cues are."""
    themes = [
        Theme(code=WISH, name="A wish", definition="Asks for something to be otherwise.", cues=_cues(_WISHES)),
        Theme(code=HARD, name="Hardship", definition="Tells of something that goes badly.", cues=_cues(_HARDSHIPS)),
        Theme(code=FINE, name="Praise", definition="Tells of something that goes well.", cues=_cues(_FINE)),
    ]
    return Codeframe(name="turns_of_speech", version=1, title="Turns of speech", themes=tuple(themes))
