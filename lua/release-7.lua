--[[
Releases units of an order. Idempotent: each unit, slot and record is released only if this order still holds it.

KEYS  1 sale  2 stock  3 free  4 holder  5 orders (outbox)  6 user  7 idempotency
ARGV  1 identity of this server, as read by the caller on its connection
      2 order id
      3 'CANCELLED': a placed order was cancelled; its answer stays bound to the key
        'NEVER_WAS': the order was never placed; the key becomes free
        'REPLACED': MongoDB has another reservation of the same request, whose answer will be bound to the key
        'DISCARDED': the order was dead-lettered and then discarded; the key becomes free
      4 units to release, joined with commas
      5 slots to release, joined with commas
      6 unless cancelled: all units of the reservation, joined with commas
      7 unless cancelled: epoch and 8 time of the reservation in microseconds

Returns a list, first the code:
  RELEASED     number of units that this call has released
  UNCERTIFIED  nothing was changed: the sale is not certified, and its recovery reads the orders from MongoDB
  RECOVERING   only the outbox entry was removed: the current recovery reads the orders from MongoDB
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering')
local function matchesReservation(text)
  return string.find(text, '"epoch":' .. ARGV[7] .. ',"reservedAtMicros":' .. ARGV[8] .. '}', 1, true)
end
-- The call that removes the outbox entry releases the units, so concurrent retries of one entry release them once. A
-- later reservation of the same request, which may hold the same units, is not affected.
local wasNeverPlaced, entry = ARGV[3] == 'NEVER_WAS' or ARGV[3] == 'REPLACED', nil
if wasNeverPlaced then
  entry = redis.call('HGET', KEYS[5], ARGV[2])
  if entry and not (string.find(entry, '"units":[' .. ARGV[6] .. ']', 1, true) and matchesReservation(entry)) then
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
  -- It has no outbox entry any more. A later reservation of the same request would have rebound the key.
  local answer = redis.call('GET', KEYS[7])
  if answer and not matchesReservation(answer) then
    return {'RELEASED', 0}
  end
elseif wasNeverPlaced then
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
