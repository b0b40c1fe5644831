"""What holds in the world and in a war, as tables: languages, scripts, and what a theatre selects and shows."""
