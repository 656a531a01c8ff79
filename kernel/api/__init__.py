"""What every endpoint under /api/v1/ shares: problems, paging, idempotency, strict input, the schema."""
