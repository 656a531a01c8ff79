"""Electronic mail: parsing what comes, fetching it, answering it."""
