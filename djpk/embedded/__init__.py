"""PostgreSQL and Valkey from wheels, run as children of one Python process.

`bin/demo`, `bin/manage`, `bin/test` and the test-suite start their servers here when DATABASE_URL or
REDIS_URL are not set. Nothing outlives the process that started it, not even after `kill -9` (Linux).
Standard library only: the modules work before Django is imported.
"""
