"""What comes in is not trusted: events, rows and answers of wrong and hostile forms."""
