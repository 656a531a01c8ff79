"""What staff are told about tickets: mentions, assignments, changes of followed tickets, deadlines."""
