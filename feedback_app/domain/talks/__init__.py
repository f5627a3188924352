"""Let's Talk: sessions that families book, the waiting list, the day itself, and what came of it. Pure."""
