"""The shell around the core: commands in, episodes, effects performed, engines, sweeps."""
