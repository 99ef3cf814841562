-- A replica begins to count together with the others on a new connection; what it asks on an older one is void from now on.
-- KEYS: 1 the replica's desk
-- ARGV: 1 its generation, 2 the newest report that it knows to have arrived, 3 the newest that it has sent
-- gives the newest report that has arrived; -1 when nothing of what it has told is here
local known = tonumber(redis.call('HGET', KEYS[1], 'number'))
if not known or known < tonumber(ARGV[2]) or known > tonumber(ARGV[3]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'number', 0)
  known = -1
end
redis.call('HSET', KEYS[1], 'generation', ARGV[1])
redis.call('PEXPIRE', KEYS[1], 180000)
return known
