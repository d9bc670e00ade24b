"""Who may ask about what, what is masked, and the audit trail."""
