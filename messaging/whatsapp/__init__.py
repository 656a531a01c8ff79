"""WhatsApp by Meta's Cloud API: webhook in, Graph API out. The address of the Graph API is a setting."""
