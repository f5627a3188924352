"""Pages for workstream leads and the SEND team: waves and their summaries."""
