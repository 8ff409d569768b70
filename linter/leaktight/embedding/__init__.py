"""SQL found in a host: what stands where, and the call that runs it."""
