"""Pages for anybody: what is open, help, privacy, accessibility."""
