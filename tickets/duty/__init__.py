"""Who on duty gets a new ticket: the roster, the choice among those on it, and where it is edited."""
