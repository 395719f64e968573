--[[
Applies a newer version of a product's settings to its running sale. Added units become sellable.

KEYS  1 sale  2 stock
ARGV  1 identity of this server
      2 version  3 unit count  4 limit  5 price  6 currency
      7 opensAt and 8 closesAt in milliseconds or ''  9 paused '1' or '0'  10 deleted '1' or '0'

Returns a list, first the code:
  CONFIGURED     the sale has these settings or newer ones
  ABSENT         there is no such sale; nothing was changed
  UNCERTIFIED    the data is not certified; nothing was changed
  LIMIT_CHANGED  the purchase limit differs; nothing was changed
After any result but CONFIGURED, a recovery of the sale reads the settings and orders from MongoDB and assigns the slots
that the limit requires.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'version', 'highest', 'limit')
if not sale[3] then
  return {'ABSENT'}
end
if sale[1] ~= ARGV[1] or sale[2] then
  return {'UNCERTIFIED'}
end
if tonumber(ARGV[2]) > tonumber(sale[3]) then
  if sale[5] ~= ARGV[4] then
    return {'LIMIT_CHANGED'}
  end
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'price', ARGV[5], 'currency', ARGV[6],
    'opensAt', ARGV[7], 'closesAt', ARGV[8], 'paused', ARGV[9], 'deleted', ARGV[10])
end
-- Independent of the version: the unit count never decreases, so each unit is added once, whichever edit adds it.
local added = tonumber(ARGV[3]) - tonumber(sale[4])
if added > 0 then
  redis.call('HSET', KEYS[1], 'highest', ARGV[3])
  redis.call('INCRBY', KEYS[2], added)
end
return {'CONFIGURED'}
