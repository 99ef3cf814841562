-- A replica goes, as announced.
-- KEYS: 1 replicas
-- ARGV: 1 the replica
return redis.call('ZREM', KEYS[1], ARGV[1])
