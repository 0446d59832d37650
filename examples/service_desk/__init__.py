"""A bank's service desk: what is a customer's request about, and which team answers it."""
