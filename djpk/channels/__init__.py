"""/kanal/: the connections of every channel, for administrators."""
