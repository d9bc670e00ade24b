"""Changes that mend a cause: proposed by one module a room of AWS, applied to the case, and proven by examining it."""
