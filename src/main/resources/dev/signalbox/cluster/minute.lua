-- How much was used in the last 60 seconds, in slices of half a second; the same law as SlidingMinute. Each one who has limits is a hash:
--   at      the newest slice, counted from 1970
--   r, t    requests and tokens of the minute
--   lr, lt  the newest slice that had requests, and the newest that had tokens
--   rN, tN  requests and tokens of the slice whose number leaves the remainder N
--   c:NAME  requests that are under way at the replica of that name
local SLICES, SLICE, KEEP = 121, 500, 180000

-- The time in milliseconds since 1970: that of Redis, or for a test the one that is given.
local function millis(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- What is known of somebody in that slice or a later one; what is older than a minute is let go.
local function minute(key, slice, replica)
  local x = slice % SLICES
  local got = redis.call('HMGET', key, 'at', 'r', 't', 'lr', 'lt', 'r' .. x, 't' .. x, 'c:' .. replica)
  local m = {
    key = key, at = tonumber(got[1]), x = x, r = tonumber(got[2]) or 0, t = tonumber(got[3]) or 0,
    lr = tonumber(got[4]) or 0, lt = tonumber(got[5]) or 0, rx = tonumber(got[6]) or 0, tx = tonumber(got[7]) or 0,
    c = tonumber(got[8]) or 0,
  }
  if not m.at then
    m.at = slice
  elseif slice > m.at then
    local gone = {}
    for i = math.max(m.at + 1, slice - SLICES + 1), slice do
      gone[#gone + 1] = 'r' .. i % SLICES
      gone[#gone + 1] = 't' .. i % SLICES
    end
    local old = redis.call('HMGET', key, unpack(gone))
    for i = 1, #gone, 2 do
      m.r = m.r - (tonumber(old[i]) or 0)
      m.t = m.t - (tonumber(old[i + 1]) or 0)
    end
    redis.call('HDEL', key, unpack(gone))
    m.at, m.rx, m.tx, m.moved = slice, 0, 0, true
  elseif slice < m.at then -- the clock was set back
    m.x = m.at % SLICES
    local newest = redis.call('HMGET', key, 'r' .. m.x, 't' .. m.x)
    m.rx, m.tx = tonumber(newest[1]) or 0, tonumber(newest[2]) or 0
  end
  return m
end

-- When no more than that is used if nothing is added, in milliseconds since 1970; 0: now.
local function falls(m, what, sum, most)
  if sum <= most then return 0 end
  local fields = {}
  for i = m.at - SLICES + 1, m.at do fields[#fields + 1] = what .. i % SLICES end
  local used = redis.call('HMGET', m.key, unpack(fields))
  for i = 1, SLICES do
    sum = sum - (tonumber(used[i]) or 0)
    if sum <= most then return (m.at + i) * SLICE end
  end
  return (m.at + SLICES) * SLICE
end
