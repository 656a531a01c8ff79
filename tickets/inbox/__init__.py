"""The agents' inbox: which tickets a view holds, in what order, and what a row says."""
