"""One file a step. `phase` says whether it is safe under the version before it (`pre`)."""
