"""What becomes of a message that came in: more on a ticket that is there, or a new one."""
