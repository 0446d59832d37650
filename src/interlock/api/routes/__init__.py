"""The addresses of the API, one file a noun. Each names the right it needs."""
