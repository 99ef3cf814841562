-- The hints that hold yet.
-- KEYS: 1 hints (sorted set: hint by when it is over, in milliseconds since 1970)
-- gives {now in milliseconds since 1970, hint, when it is over...}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')
table.insert(answer, 1, now)
return answer
