-- A replica says that it is there, and learns which others are.
-- KEYS: 1 replicas (sorted set: replica by when it was last seen), 2 epoch (a name that this Redis' contents have while they last)
-- ARGV: 1 the replica, 2 milliseconds after which one that is unseen no longer counts, 3 a name for the epoch if there is none
-- gives {epoch, now in milliseconds since 1970, replica...}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'NX')
local answer = {redis.call('GET', KEYS[2]), now}
for _, replica in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  answer[#answer + 1] = replica
end
return answer
