-- A replica tells what became of its money, and asks for more; all of it in one step.
-- KEYS: 1 who is there (hash: epoch, born, since, last, s:OWNER 'when number', t:OWNER, w:OWNER until), 2... sheets
-- ARGV: 1 the replica, 2 number of this statement, 3 a name for the epoch if there is none, 4 the epoch in which it has told all it has, or '',
--   5 milliseconds after which what is under way at one that is unseen comes back, 6 and all else, 7 '1': it goes, 8 '1': list who is there,
--   then for each sheet: expires (0: never), limit, version, granted, settled, returned, arrived, under way;
--   then how many wants, and for each: amount, more that is welcome, how many sheets, which;
--   then how many are awaited, and for each: who, milliseconds
-- gives {epoch, {{opened, version, granted, spent, under way in all, free, warn}...}, {want...}, {who, unseen for...}}, or {'old'};
--   a want is {0} granted, {1, {sheet, left, idle elsewhere, under way elsewhere}...} refused, {2, sheet...} not opened
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local there, self, short, long = KEYS[1], ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local at = 8
local function arg()
  at = at + 1
  return ARGV[at]
end
local mine = redis.call('HGET', there, 's:' .. self)
if mine and tonumber(ARGV[2]) <= tonumber(string.match(mine, ' (%d+)')) then
  return {'old'}
end
if redis.call('HSETNX', there, 'epoch', ARGV[3]) == 1 then
  redis.call('HSET', there, 'born', now, 'since', now)
elseif now - tonumber(redis.call('HGET', there, 'last')) > 5000 then
  redis.call('HSET', there, 'since', now) -- nobody was heard, and who was not heard may have been there
end
local epoch = redis.call('HGET', there, 'epoch')
local since = tonumber(redis.call('HGET', there, 'since'))
redis.call('HSET', there, 'last', now, 's:' .. self, now .. ' ' .. ARGV[2])
if ARGV[4] == epoch then
  redis.call('HSET', there, 't:' .. self, 1)
  redis.call('HDEL', there, 'w:' .. self)
end
local ages = {}
local function age(owner)
  if not ages[owner] then
    local seen = redis.call('HGET', there, 's:' .. owner)
    ages[owner] = now - math.max(since, seen and tonumber(string.match(seen, '^%d+')) or 0)
  end
  return ages[owner]
end

local sheets, replies = {}, {}
for i = 2, #KEYS do
  local expires, limit = arg(), whole(arg())
  local told = {v = tonumber(arg()), g = whole(arg()), s = whole(arg()), b = whole(arg()), a = whole(arg()), f = whole(arg())}
  local one = sheet(KEYS[i])
  one.limit = limit
  for owner, r in pairs(one.owners) do
    if owner ~= self then
      local back = ZERO
      if age(owner) > long then back = held(r)
      elseif age(owner) > short then back = least(r.f, held(r)) end
      if less(ZERO, back) or (age(owner) > short and less(ZERO, r.f)) then
        r.g, r.v, r.f = minus(r.g, back), r.v + 1, ZERO
        redis.call('HSET', KEYS[i], 'o:' .. owner, packed(r))
      end
    end
  end
  local r = one.owners[self]
  local before = r and r.s or told.s
  if not r then
    r = told
    one.owners[self] = r
  else
    if told.v > r.v or (told.v == r.v and less(r.g, told.g)) then r.v, r.g = told.v, told.g end
    r.s, r.b, r.a, r.f = most(r.s, told.s), most(r.b, told.b), most(r.a, told.a), told.f
  end
  if less(minus(minus(r.g, r.s), r.b), r.f) then r.g = plus(plus(r.s, r.b), r.f) end -- what is under way will cost, whoever has been promised it meanwhile
  one.mine = r
  one.spent, one.held, one.idle, one.others, one.under = ZERO, ZERO, ZERO, ZERO, ZERO
  for owner, other in pairs(one.owners) do
    one.spent, one.held, one.under = plus(one.spent, other.s), plus(one.held, held(other)), plus(one.under, other.f)
    if owner ~= self then
      one.idle = plus(one.idle, most(ZERO, minus(held(other), other.f)))
      one.others = plus(one.others, other.f)
    end
  end
  one.warn = '0'
  if one.base then
    one.spent = plus(one.spent, whole(one.base))
    if not one.warned and less(before, r.s) and not less(times(one.spent, 5), times(limit, 4)) then
      redis.call('HSET', KEYS[i], 'warned', 1)
      one.warn = '1'
    end
  end
  one.expires = expires
  sheets[#sheets + 1] = one
end

local function free(one) return minus(minus(one.limit, one.spent), one.held) end
local function idle(one) return most(ZERO, minus(held(one.mine), one.mine.f)) end
local wants = {}
for _ = 1, tonumber(arg()) do
  local need, extra, payers, unopened, refused = whole(arg()), whole(arg()), {}, {2}, {1}
  for _ = 1, tonumber(arg()) do payers[#payers + 1] = tonumber(arg()) end
  for _, i in ipairs(payers) do
    local one = sheets[i]
    if not one.base then
      unopened[#unopened + 1] = i
    else
      local left = plus(free(one), idle(one))
      if less(left, need) or less(free(one), ZERO) or not less(ZERO, left) then
        refused[#refused + 1] = {i, text(most(ZERO, left)), text(one.idle), text(one.others)}
      end
    end
  end
  if #unopened > 1 then
    wants[#wants + 1] = unopened
  elseif #refused > 1 then
    wants[#wants + 1] = refused
  else
    for _, i in ipairs(payers) do
      local one = sheets[i]
      local r = one.mine
      local more = most(ZERO, minus(need, idle(one)))
      r.g, r.f = plus(r.g, more), plus(r.f, need)
      one.held, one.under = plus(one.held, more), plus(one.under, need)
      local room = share(free(one), 16)
      if not less(room, need) then
        local surplus = most(ZERO, minus(least(extra, room), idle(one)))
        r.g, one.held = plus(r.g, surplus), plus(one.held, surplus)
      end
    end
    wants[#wants + 1] = {0}
  end
end

for i, one in ipairs(sheets) do
  redis.call('HSET', KEYS[i + 1], 'o:' .. self, packed(one.mine))
  if one.expires ~= '0' then redis.call('PEXPIREAT', KEYS[i + 1], one.expires) end
  replies[i] = {one.base and 1 or 0, one.mine.v, text(one.mine.g), text(one.spent), text(one.under), text(most(ZERO, free(one))), one.warn}
end
for _ = 1, tonumber(arg()) do
  local who, wait = arg(), tonumber(arg())
  if redis.call('HEXISTS', there, 't:' .. who) == 0 then redis.call('HSET', there, 'w:' .. who, now + wait) end
end
local listed = {}
if ARGV[8] == '1' then
  local all = redis.call('HGETALL', there)
  for i = 1, #all, 2 do
    local who = string.match(all[i], '^s:(.*)')
    if who then
      local unheard = now - tonumber(string.match(all[i + 1], '^%d+'))
      listed[#listed + 1] = who
      listed[#listed + 1] = unheard
      if unheard > 172800000 then redis.call('HDEL', there, all[i], 't:' .. who, 'w:' .. who) end
    end
  end
end
if ARGV[7] == '1' then redis.call('HDEL', there, 's:' .. self, 't:' .. self, 'w:' .. self) end
return {epoch, replies, wants, listed}
