"""What the tests share: databases, the checking client, the reader of pages."""
