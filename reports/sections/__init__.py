"""The sections of the report, S01 to S36; each function takes the Context and gives the section's content."""
