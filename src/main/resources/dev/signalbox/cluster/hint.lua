-- Keeps a hint for replicas that come later, and tells those that are there.
-- KEYS: 1 hints (sorted set: hint by when it is over, in milliseconds since 1970)
-- ARGV: 1 the hint, 2 for how many milliseconds it holds, 3 the channel, 4 how many are kept at most
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local over = now + ARGV[2]
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not before or tonumber(before) < over then
  redis.call('ZADD', KEYS[1], over, ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[4])
redis.call('PEXPIRE', KEYS[1], 90000000)
redis.call('PUBLISH', ARGV[3], ARGV[2] .. ' ' .. ARGV[1])
