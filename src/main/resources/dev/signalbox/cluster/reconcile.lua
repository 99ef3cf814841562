-- Compares a sheet with the ledger, which knows what came in before and what who is gone has settled without a word.
-- KEYS: 1 who is there, 2 the sheet
-- ARGV: 1 round and 2 arrived as the survey said, 3 the ledger's sum, read after the survey, 4 '1' when the ledger is exact for this account,
--   5 milliseconds after which one that is unseen is forgotten, 6 expires (0: never),
--   7 milliseconds after which one that is unseen may have settled what the ledger knows and it has not told, until 8 milliseconds
-- gives {1 when it was done, what is spent now}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local one = sheet(KEYS[2])
-- who read the ledger before everything was lost knows nothing of who has to be waited for now
local round = (redis.call('HGET', KEYS[1], 'epoch') or '') .. ' ' .. (one.round or 0)
if round ~= ARGV[1] then return {0, '0'} end
if one.base then
  for owner in pairs(one.owners) do
    local seen = redis.call('HGET', KEYS[1], 's:' .. owner)
    local age = seen and now - tonumber(string.match(seen, '^%d+')) or 0
    if age > tonumber(ARGV[7]) and age <= tonumber(ARGV[8]) then return {0, '0'} end
  end
end
local ledger, missing = whole(ARGV[3]), whole(one.missing or '0')
local settled = ZERO
for _, r in pairs(one.owners) do settled = plus(settled, r.s) end
-- the ledger has all that has arrived, and of what is settled nothing that is not settled here: what is before lies between
local upper = plus(minus(ledger, whole(ARGV[2])), missing)
local base = one.base and whole(one.base) or upper
if ARGV[4] == '1' and not less(ledger, whole(one.top or '0')) then base = least(base, upper) end
base = most(base, minus(ledger, settled))
local spent = plus(base, settled)
for owner, r in pairs(one.owners) do
  local seen = redis.call('HGET', KEYS[1], 's:' .. owner)
  if (not seen or now - tonumber(string.match(seen, '^%d+')) > tonumber(ARGV[5])) and not less(ZERO, held(r)) then
    base, missing = plus(base, r.s), plus(missing, most(ZERO, minus(r.s, r.a)))
    redis.call('HDEL', KEYS[2], 'o:' .. owner)
    redis.call('HDEL', KEYS[1], 's:' .. owner, 't:' .. owner, 'w:' .. owner)
  end
end
redis.call('HSET', KEYS[2], 'base', text(base), 'missing', text(missing), 'top', text(most(ledger, whole(one.top or '0'))),
  'round', tonumber(one.round or 0) + 1, 'at', now)
if ARGV[6] ~= '0' then redis.call('PEXPIREAT', KEYS[2], ARGV[6]) end
return {1, text(spent)}
