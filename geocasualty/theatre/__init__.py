"""What holds in the world and in a war, as tables: languages, scripts, parties, and what a theatre selects."""
