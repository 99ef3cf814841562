-- An account's sheet: a hash with
--   base      what was spent before anybody here counted, and by those who are gone; absent: not known yet, not opened
--   o:OWNER   what that replica has to do with it, 'version granted settled returned arrived under_way'
--   missing   of what those who are gone have settled, what had not arrived in the ledger
--   top, round, at   of the ledger: its highest sum, how often and when it was compared
--   warned    four fifths were told
-- All amounts but the version only ever grow; the version counts how often something was taken back from who was not there.
local function record(packed)
  local r = {}
  for part in string.gmatch(packed, '%S+') do r[#r + 1] = part end
  return {v = tonumber(r[1]), g = whole(r[2]), s = whole(r[3]), b = whole(r[4]), a = whole(r[5]), f = whole(r[6])}
end
local function packed(r)
  return string.format('%d %s %s %s %s %s', r.v, text(r.g), text(r.s), text(r.b), text(r.a), text(r.f))
end
local function held(r) return most(ZERO, minus(minus(r.g, r.s), r.b)) end
local function sheet(key)
  local all = redis.call('HGETALL', key)
  local read = {owners = {}}
  for i = 1, #all, 2 do
    local owner = string.match(all[i], '^o:(.*)')
    if owner then read.owners[owner] = record(all[i + 1]) else read[all[i]] = all[i + 1] end
  end
  return read
end
