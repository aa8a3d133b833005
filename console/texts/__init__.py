"""The console's own words, by language: what is looked at, and what is done."""
