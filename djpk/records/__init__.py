"""Every kind of record that can be imported and exported, one module per kind, and the page for it."""
