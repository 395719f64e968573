--[[
Gives units of an order back. Safe to repeat: each unit, slot and record is given back only if it still names this order.

KEYS  1 sale  2 stock  3 free  4 holder  5 orders (outbox)  6 user  7 idempotency
ARGV  1 identity of this server, as the caller read it on its connection
      2 order id
      3 'CANCELLED': the order was, its answer stays bound to the key;
        'NEVER_WAS': it never came to be, the key is free again;
        'REPLACED': MongoDB holds another reservation of the same request, whose answer will be bound to the key;
        'DISCARDED': it was put aside, out of the outbox, and will not be: the key is free again
      4 the units to give back, joined with commas
      5 the slots to give back, joined with commas
      6 unless cancelled: all units of the reservation, joined with commas
      7 unless cancelled: epoch and 8 time of the reservation in microseconds

Returns a list, first the code:
  RELEASED     number of units that became free by this call
  UNCERTIFIED  nothing was done: the sale is not vouched for, its recovery reads the truth from MongoDB
  RECOVERING   only the outbox entry went: the recovery under way reads the rest from MongoDB
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering')
local function isAbout(text)
  return string.find(text, '"epoch":' .. ARGV[7] .. ',"reservedAtMicros":' .. ARGV[8] .. '}', 1, true)
end
-- Whoever takes the entry out gives the units back, so two who drive the same entry do it once; and a later reservation
-- of the same request, which may hold the same units, is left alone.
local never, entry = ARGV[3] == 'NEVER_WAS' or ARGV[3] == 'REPLACED', nil
if never then
  entry = redis.call('HGET', KEYS[5], ARGV[2])
  if entry and not (string.find(entry, '"units":[' .. ARGV[6] .. ']', 1, true) and isAbout(entry)) then
    entry = nil
  end
end
if sale[2] then
  if entry then
    redis.call('HDEL', KEYS[5], ARGV[2])
  end
  return {'RECOVERING'}
end
if sale[1] ~= ARGV[1] then
  return {'UNCERTIFIED'}
end

if ARGV[3] == 'DISCARDED' then
  -- It has no entry any more. A later reservation of the same request would have bound the key anew.
  local answer = redis.call('GET', KEYS[7])
  if answer and not isAbout(answer) then
    return {'RELEASED', 0}
  end
elseif never then
  if not entry then
    return {'RELEASED', 0}
  end
  redis.call('HDEL', KEYS[5], ARGV[2])
end

local released = 0
for unit in string.gmatch(ARGV[4], '%d+') do
  if redis.call('HGET', KEYS[4], unit) == ARGV[2] then
    redis.call('HDEL', KEYS[4], unit)
    released = released + redis.call('SADD', KEYS[3], unit)
  end
end
if released > 0 then
  redis.call('INCRBY', KEYS[2], released)
end

for slot in string.gmatch(ARGV[5], '%d+') do
  local entry = redis.call('HGET', KEYS[6], slot)
  if entry and string.match(entry, '^%d+:%d+:(.*)$') == ARGV[2] then
    redis.call('HDEL', KEYS[6], slot)
  end
end
if ARGV[3] == 'NEVER_WAS' or ARGV[3] == 'DISCARDED' then
  redis.call('DEL', KEYS[7])
end
return {'RELEASED', released}
