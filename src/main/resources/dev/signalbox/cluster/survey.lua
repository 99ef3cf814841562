-- How a sheet stands before the ledger is read.
-- KEYS: 1 who is there, 2 the sheet
-- ARGV: 1 milliseconds that an epoch has to be old, 2 milliseconds after which one that is unseen is no longer waited for
-- gives {'1' when all who are there have told what they have, 1 when it is opened, round, arrived in the ledger as far as is known, at,
--   now}, at: when it was last compared; round: of which epoch it is and how often it was compared
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local there = {}
for i = 1, #all, 2 do there[all[i]] = all[i + 1] end
local ready = there.born and now - tonumber(there.born) >= tonumber(ARGV[1])
for name, value in pairs(there) do
  local seen = string.match(name, '^s:(.*)')
  if seen and not there['t:' .. seen] and now - tonumber(string.match(value, '^%d+')) <= tonumber(ARGV[2]) then ready = false end
  local awaited = string.match(name, '^w:(.*)')
  if awaited and not there['t:' .. awaited] and now < tonumber(value) then ready = false end
end
local one = sheet(KEYS[2])
local arrived = ZERO
for _, r in pairs(one.owners) do arrived = plus(arrived, r.a) end
return {ready and 1 or 0, one.base and 1 or 0, (there.epoch or '') .. ' ' .. (one.round or 0), text(arrived), tonumber(one.at or 0), now}
