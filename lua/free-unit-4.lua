--[[
Makes a lost unit sellable: one that is held by an order that does not exist, or that is neither held nor free.

KEYS  1 sale  2 stock  3 free  4 holder
ARGV  1 identity of this server
      2 unit
      3 expected current holder in Redis, or '' for none; prevents overwriting a newer one
      4 epoch in which the caller has read the holder
      5 fencing token of the reconciler's pass; rejected after a later pass

Returns 1 if the unit became free, or 0 if its holder has changed or the sale is not certified.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'epoch', 'issued')
if sale[1] ~= ARGV[1] or sale[2] or sale[3] ~= ARGV[4] then
  return 0
end
if tonumber(redis.call('HGET', KEYS[1], 'pass') or '0') > tonumber(ARGV[5]) then
  return 0
end
redis.call('HSET', KEYS[1], 'pass', ARGV[5])
if (redis.call('HGET', KEYS[4], ARGV[2]) or '') ~= ARGV[3] then
  return 0
end
if tonumber(ARGV[2]) < 1 or tonumber(ARGV[2]) > tonumber(sale[4]) then
  return 0
end
redis.call('HDEL', KEYS[4], ARGV[2])
local freed = redis.call('SADD', KEYS[3], ARGV[2])
if freed == 1 then
  redis.call('INCRBY', KEYS[2], 1)
end
return freed
