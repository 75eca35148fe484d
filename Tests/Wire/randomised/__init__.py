"""The randomised oracle run: the same random stream of commands to Needletail and to redis-server, every reply compared."""
