"""The doctor: examines a live set-up step by step, and says what is broken and what to do."""
