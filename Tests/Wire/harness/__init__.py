"""What the tests over the wire are made of: servers, connections, replies, cases and how replies are compared."""
