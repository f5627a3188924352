"""The pure core: surveys, answers, routing, scoring, disclosure. It imports no framework."""
