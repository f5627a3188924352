"""The questions each survey must have, as the outline of the instruments names them: id and type, in order."""

OUTLINE = {
    "send_parents": (
        "PC01 single, PC02 single, PC03 single, PC04 single, PC05 single, PC06 freq5, PC07 freq5, "
        "PC08 freq5, PC09 freq5, PC10 freq5, PC11 freq5, PC12 agree5, PC13 agree5, PC14 agree5, "
        "PC15 freq5, PC16 freq5, PC17 agree5, PC18 agree5, PC19 single, PC20 csat5, PC21 single, "
        "PC22 nps11, PC23 agree5, PC24 sat5, PC25 agree5, PC26 agree5, PC27 agree5, PC28 agree5, "
        "PC29 agree5, PC30 single, PC31 agree5, PC32 agree5, PC33 single, PC46 agree5, PC34 agree5, "
        "PC35 agree5, PC36 agree5, PC37 single, PC38 single, PC39 single, PC45 agree5, PC40 text, "
        "PC41 text, PC42 multi, PC43 single, PC44 smiley3"
    ),
    "send_pictures": (
        "CE00 single, CE_P smiley3, CE01 smiley3, CE02 smiley3, CE03 smiley3, CE04 smiley3, CE05 smiley3, "
        "CE06 smiley3, CE07 smiley3, CE08 text, CE09 smiley3"
    ),
    "send_11_15": (
        "CY00 single, CY01 single, CY02 single, CY03 freq5, CY04 freq5, CY05 freq5, CY06 freq5, "
        "CY07 freq5, CY08 freq5, CY09 agree5, CY10 agree5, CY11 agree5, CY12 agree5, CY13 freq5, "
        "CY20 agree5, CY21 single, CY14 single, CY15 smiley5, CY16 multi, CY17 text, CY18 text, "
        "CY19 single"
    ),
    "send_16_25": (
        "CA00 single, CA01 single, CA02 single, CA03 single, CA04 freq5, CA05 freq5, CA06 freq5, "
        "CA07 freq5, CA08 freq5, CA09 freq5, CA10 agree5, CA11 agree5, CA12 agree5, CA13 agree5, "
        "CA25 agree5, CA26 single, CA14 agree5, CA15 agree5, CA16 agree5, CA17 agree5, CA18 agree5, "
        "CA19 single, CA20 sat5, CA21 single, CA22 text, CA23 text, CA24 single"
    ),
    "powar_quick": ("PW1 smiley5, PW2 smiley3, PW3 smiley3, PW4 smiley3, PW5 smiley3, PW6 text, PW7 single"),
    "talk_feedback": (
        "LF1 csat5, LF2 agree5, LF3 agree5, LF4 agree5, LF5 agree5, LF6 single, LF7 nps11, LF8 text, LF9 text"
    ),
    "ehcp_process": (
        "EH1 csat5, EH2 agree5, EH3 agree5, EH4 freq5, EH5 agree5, EH6 agree5, EH7 agree5, EH8 agree5, "
        "EH9 sat5, EH10 ease5, EH11 agree5, EH12 nps11, EH13 text"
    ),
    "helpline": ("HL1 csat5, HL2 single, HL3 ease5, HL4 agree5, HL5 single, HL6 text"),
    "local_offer": ("LO1 single, LO2 ease5, LO3 agree5, LO4 csat5, LO5 single, LO6 text, LO7 nps11"),
    "training": (
        "WF1 single, WF2 csat5, WF3 conf5, WF4 conf5, WF5 agree5, WF6 agree5, WF7 agree5, WF8 agree5, "
        "WF9 nps11, WF10 text"
    ),
    "training_follow_up": ("WF11 freq5, WF12 freq5, WF13 agree5"),
}
