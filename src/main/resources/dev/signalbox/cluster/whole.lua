-- Whole numbers beyond 2^53, which Lua's own do not hold: {billions, rest}, the rest from 0 to 999,999,999.
local BILLION = 1000000000
local function norm(high, low)
  local carry = math.floor(low / BILLION)
  return {high + carry, low - carry * BILLION}
end
local function whole(text)
  local minus = string.sub(text, 1, 1) == '-'
  local digits = minus and string.sub(text, 2) or text
  local high = tonumber(string.sub(digits, 1, -10)) or 0
  local low = tonumber(string.sub(digits, -9))
  return minus and norm(-high, -low) or {high, low}
end
local text
function text(n)
  if n[1] < 0 then
    return '-' .. text(norm(-n[1], -n[2]))
  end
  return n[1] == 0 and string.format('%d', n[2]) or string.format('%.0f%09d', n[1], n[2])
end
local function plus(a, b) return norm(a[1] + b[1], a[2] + b[2]) end
local function minus(a, b) return norm(a[1] - b[1], a[2] - b[2]) end
local function less(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end
local function most(a, b) return less(a, b) and b or a end
local function least(a, b) return less(b, a) and b or a end
local function times(a, k) return norm(a[1] * k, a[2] * k) end
local function share(a, k) return norm(math.floor(a[1] / k), math.floor(((a[1] % k) * BILLION + a[2]) / k)) end
local ZERO = {0, 0}
