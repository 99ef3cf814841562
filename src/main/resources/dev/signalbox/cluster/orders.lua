-- All that operators ordered, put back first when Redis has lost some of it.
-- KEYS: 1 orders (hash: order by its id, and the number of the last change under "revision")
-- ARGV: 1 the number of the last change that the replica knows, then ids and orders that it knows
-- gives the hash as a list
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if revision < tonumber(ARGV[1]) then
  for i = 2, #ARGV, 2 do
    redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
  end
  redis.call('HSET', KEYS[1], 'revision', ARGV[1] + 1)
end
return redis.call('HGETALL', KEYS[1])
