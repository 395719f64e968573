--[[
Gives a unit that MongoDB has sold to its true holder.

KEYS  1 sale  2 stock  3 free  4 holder
ARGV  1 identity of this server
      2 unit
      3 the holder that Redis names now, or '' for none: compared, so that nothing newer is overwritten
      4 the true holder's order id
      5 epoch in which the caller looked, or '' for any
      6 number of the reconciler's pass, or '' where no pass asks: a later pass has the say

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
return 1
