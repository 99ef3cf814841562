-- Lets a request in if all its limits allow it, and counts it for all of them or for none.
-- KEYS: 1 replicas, 2 the replica's desk, then those who have limits
-- ARGV: 1 the time or '', 2 the replica, 3 its generation, 4 a name for the request, 5 tokens that are expected, 6 milliseconds after
--   which an unseen replica no longer counts, 7 1 when it is under way until that is reported, else 0; then for each who has limits:
--   requests, tokens, concurrent, each -1 without a limit
-- gives {what, now, by, wait, then for each: slice, requests used, tokens used, until all requests are free, until all tokens are};
--   what: 0 let in, 1 too many under way, 2 too many requests, 3 too many tokens, -1 this generation may not ask; by: who refused;
--   wait and until: in milliseconds
local now = millis(ARGV[1])
if redis.call('HGET', KEYS[2], 'generation') ~= ARGV[3] then return {-1, now} end
local slice, replica, expected, places = math.floor(now / SLICE), ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[7])
local there

-- Requests under way at all replicas that are there.
local function active(m)
  there = there or redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[6], '+inf')
  local sum, others = m.c, {}
  for _, other in ipairs(there) do
    if other ~= replica then others[#others + 1] = 'c:' .. other end
  end
  if #others > 0 then
    for _, c in ipairs(redis.call('HMGET', m.key, unpack(others))) do sum = sum + (tonumber(c) or 0) end
  end
  return sum
end

local function most_before(limit)
  return math.max(0, limit - expected)
end

local minutes, what, by = {}, 0, 0
for i = 3, #KEYS do
  local m = minute(KEYS[i], slice, replica)
  local limits = 8 + (i - 3) * 3
  m.requests, m.tokens, m.concurrent = tonumber(ARGV[limits]), tonumber(ARGV[limits + 1]), tonumber(ARGV[limits + 2])
  minutes[#minutes + 1] = m
  if what == 0 then
    if m.concurrent >= 0 and active(m) >= m.concurrent then
      what, by = 1, i - 2
    elseif m.requests >= 0 and m.r >= m.requests then
      what, by = 2, i - 2
    elseif m.tokens >= 0 and m.t > most_before(m.tokens) then
      what, by = 3, i - 2
    end
  end
end

local wait, slices = 0, {}
for _, m in ipairs(minutes) do
  if what == 0 then
    m.r, m.t, m.lr, m.c = m.r + 1, m.t + expected, m.at, m.c + places
    if expected > 0 then m.lt = m.at end
    redis.call('HSET', m.key, 'at', m.at, 'r', m.r, 't', m.t, 'lr', m.lr, 'lt', m.lt,
      'r' .. m.x, m.rx + 1, 't' .. m.x, m.tx + expected, 'c:' .. replica, m.c)
    slices[#slices + 1] = m.at
  else
    if m.moved then redis.call('HSET', m.key, 'at', m.at, 'r', m.r, 't', m.t) end
    if m.requests >= 0 then wait = math.max(wait, falls(m, 'r', m.r, m.requests - 1) - now) end
    if m.tokens >= 0 then wait = math.max(wait, falls(m, 't', m.t, most_before(m.tokens)) - now) end
  end
  redis.call('PEXPIRE', m.key, KEEP)
end
if what == 0 then
  redis.call('HSET', KEYS[2], 'h' .. ARGV[4], expected .. ',' .. places .. ',' .. table.concat(slices, ','))
end

local answer = {what, now, by, wait}
for _, m in ipairs(minutes) do
  answer[#answer + 1] = m.at
  answer[#answer + 1] = m.r
  answer[#answer + 1] = m.t
  answer[#answer + 1] = m.r > 0 and math.max(0, (m.lr + SLICES) * SLICE - now) or 0
  answer[#answer + 1] = m.t > 0 and math.max(0, (m.lt + SLICES) * SLICE - now) or 0
end
return answer
