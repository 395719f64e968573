--[[
Assigns a unit to the order that holds it in MongoDB, and restores the slots and the key of that order. A retry must
find the order although it is missing in this copy of the data.

KEYS  1 sale  2 stock  3 free  4 holder  5 user  6 idempotency; the last two belong to the order in MongoDB
ARGV  1 identity of this server
      2 unit
      3 expected current holder in Redis, or '' for none; prevents overwriting a newer one
      4 id of the order in MongoDB
      5 epoch in which the caller has read the holder, or '' for any
      6 fencing token of the reconciler's pass, or '' outside of a pass; rejected after a later pass
      7 slots of the order, joined with commas
      8 time of the reservation, in milliseconds
      9 quantity  10 encoded order, the answer under its key
      11 expiry of the answer, in milliseconds by this server's clock

Returns 1 if the holder was set, or 0 if the holder has changed or the sale is not certified.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'epoch', 'issued', 'highest')
if sale[1] ~= ARGV[1] or sale[2] or (ARGV[5] ~= '' and sale[3] ~= ARGV[5]) then
  return 0
end
if ARGV[6] ~= '' then
  if tonumber(redis.call('HGET', KEYS[1], 'pass') or '0') > tonumber(ARGV[6]) then
    return 0
  end
  redis.call('HSET', KEYS[1], 'pass', ARGV[6])
end
local holder = redis.call('HGET', KEYS[4], ARGV[2]) or ''
if holder ~= ARGV[3] then
  return 0
end
local unit, highWaterMark = tonumber(ARGV[2]), tonumber(sale[4])
if unit < 1 or unit > tonumber(sale[5]) then
  return 0
end
if unit > highWaterMark then
  -- Skipped units that were never issued stay sellable as returned units.
  for between = highWaterMark + 1, unit - 1 do
    redis.call('SADD', KEYS[3], string.format('%d', between))
  end
  redis.call('HSET', KEYS[1], 'issued', string.format('%d', unit))
  redis.call('DECR', KEYS[2])
elseif redis.call('SREM', KEYS[3], ARGV[2]) == 1 then
  redis.call('DECR', KEYS[2])
end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[4])
for slot in string.gmatch(ARGV[7], '%d+') do
  redis.call('HSET', KEYS[5], slot, sale[3] .. ':' .. ARGV[8] .. ':' .. ARGV[4])
end
-- Redis does not keep the key if the expiry is in the past.
redis.call('SET', KEYS[6], sale[3] .. ':' .. ARGV[9] .. ':' .. ARGV[10], 'PXAT', ARGV[11])
return 1
