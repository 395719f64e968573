--[[
Gives a unit that MongoDB has sold to its true holder, and the holder its slots and its key: whoever retries the order
must find it, though this copy of the data never saw it made.

KEYS  1 sale  2 stock  3 free  4 holder  5 user  6 idempotency; the last two of the true holder
ARGV  1 identity of this server
      2 unit
      3 the holder that Redis names now, or '' for none: compared, so that nothing newer is overwritten
      4 the true holder's order id
      5 epoch in which the caller looked, or '' for any
      6 number of the reconciler's pass, or '' where no pass asks: a later pass has the say
      7 slots of the order, joined with commas
      8 when it was reserved, in milliseconds
      9 quantity  10 order as the answer under its key  11 until when that is kept, in milliseconds by this server's clock

Returns 1 where the holder was set, 0 where something else stands by now or the sale is not certified.
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
local unit, issued = tonumber(ARGV[2]), tonumber(sale[4])
if unit < 1 or unit > tonumber(sale[5]) then
  return 0
end
if unit > issued then
  -- Units below it that were never issued stay sellable as returned ones.
  for between = issued + 1, unit - 1 do
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
-- In the past it is not kept at all.
redis.call('SET', KEYS[6], sale[3] .. ':' .. ARGV[9] .. ':' .. ARGV[10], 'PXAT', ARGV[11])
return 1
