"""tools/hitratio: traces of keys replayed against caches of the same memory."""
