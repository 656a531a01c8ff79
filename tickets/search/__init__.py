"""Finding tickets, people and articles: the language of a search, its plan, and what is shown of a hit."""
