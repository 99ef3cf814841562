-- A replica tells what became of requests, and what it let in on its own. Reports have numbers; each counts once, in their order.
-- KEYS: 1 the replica's desk, 2 desks (sorted set: replicas that have told everything), then those who have limits
-- ARGV: 1 the time or '', 2 the replica, 3 the report's number, 4 1 when with it everything is told, then
--   how many names of requests whose answer has arrived; these
--   how many requests are undone; for each: its name, how many have limits; their keys' places in KEYS
--   for each of whom something is told: its key's place in KEYS, requests that are under way now more than was told (or, behind '=',
--     all of them), how many slices; for each: slice, requests, tokens
-- gives how many replicas have told everything; -1 when the report before this one is missing
local now, replica, number = millis(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local this, at = math.floor(now / SLICE), 4

local function next_one()
  at = at + 1
  return ARGV[at]
end

-- Uses are added to their slices, or to the newest one when they lie behind it; what is older than a minute is forgotten.
local function add(m, slice, requests, tokens)
  if slice <= m.at - SLICES then return end
  slice = math.min(slice, m.at)
  m.r, m.t = m.r + requests, m.t + tokens
  if requests ~= 0 then redis.call('HINCRBY', m.key, 'r' .. slice % SLICES, requests) end
  if tokens ~= 0 then redis.call('HINCRBY', m.key, 't' .. slice % SLICES, tokens) end
  if requests > 0 then m.lr = math.max(m.lr, slice) end
  if tokens > 0 then m.lt = math.max(m.lt, slice) end
end

local function keep(m)
  redis.call('HSET', m.key, 'at', m.at, 'r', m.r, 't', m.t, 'lr', m.lr, 'lt', m.lt)
  if m.c > 0 then
    redis.call('HSET', m.key, 'c:' .. replica, m.c)
  else
    redis.call('HDEL', m.key, 'c:' .. replica)
  end
  redis.call('PEXPIRE', m.key, KEEP)
end

local function undo()
  local name, many, keys = 'h' .. next_one(), tonumber(next_one()), {}
  for i = 1, many do keys[i] = KEYS[tonumber(next_one())] end
  local held = redis.call('HGET', KEYS[1], name)
  if not held then return end -- it had not been let in
  redis.call('HDEL', KEYS[1], name)
  local numbers = {}
  for one in string.gmatch(held, '[^,]+') do numbers[#numbers + 1] = tonumber(one) end
  for i, key in ipairs(keys) do
    local m = minute(key, this, replica)
    add(m, numbers[i + 2], -1, -numbers[1])
    m.c = m.c - numbers[2]
    keep(m)
  end
end

local function tell()
  local key, places, many = KEYS[tonumber(next_one())], next_one(), tonumber(next_one())
  local slices, newest = {}, this
  for i = 1, many do
    slices[i] = {tonumber(next_one()), tonumber(next_one()), tonumber(next_one())}
    newest = math.max(newest, math.min(slices[i][1], this + 2)) -- clocks differ a little
  end
  local m = minute(key, newest, replica)
  for _, each in ipairs(slices) do add(m, each[1], each[2], each[3]) end
  if string.sub(places, 1, 1) == '=' then
    m.c = tonumber(string.sub(places, 2))
  else
    m.c = m.c + tonumber(places)
  end
  keep(m)
end

local done = tonumber(redis.call('HGET', KEYS[1], 'number'))
if not done or number > done + 1 then return -1 end
if number == done + 1 then
  redis.call('HSET', KEYS[1], 'number', number)
  for _ = 1, tonumber(next_one()) do redis.call('HDEL', KEYS[1], 'h' .. next_one()) end
  for _ = 1, tonumber(next_one()) do undo() end
  while at < #ARGV do tell() end
end
redis.call('PEXPIRE', KEYS[1], KEEP)
if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[2], now, replica)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - KEEP)
  redis.call('PEXPIRE', KEYS[2], KEEP)
end
return redis.call('ZCARD', KEYS[2])
