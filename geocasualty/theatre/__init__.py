"""The tables of the world and of its wars: which countries, parties, languages and theatres there are."""
