-- Keeps or lifts one order.
-- KEYS: 1 orders (hash: order by its id, and the number of the last change under "revision")
-- ARGV: 1 the order's id, 2 the order; without it, it is lifted
-- gives the number of this change
if ARGV[2] then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return redis.call('HINCRBY', KEYS[1], 'revision', 1)
