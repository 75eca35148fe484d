"""The randomised oracle run: the same random commands to Needletail and to redis-server."""
