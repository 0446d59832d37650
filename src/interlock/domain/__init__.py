"""Values and rules: what Interlock means, with no clock, database, network or randomness."""
