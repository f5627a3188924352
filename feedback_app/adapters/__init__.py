"""What talks to the outside: files, mail, language tools."""
