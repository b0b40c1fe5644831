"""What is known of the world without a gazetteer: tables that are read when they are first needed."""
