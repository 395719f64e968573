--[[
Restores one order of a sale that is being recovered: the holder of its units, its slots, and the answer under its key.
These records carry the new epoch. Records of an older epoch count as absent and need not be found.

KEYS  1 sale  2 holder  3 user  4 idempotency
ARGV  1 epoch  2 token  3 order id
      4 units and 5 slots, joined with commas; '' if the order no longer holds any
      6 time of the reservation, in milliseconds
      7 quantity  8 encoded order, the answer under its key
      9 expiry of the answer, in milliseconds by this server's clock

Returns 1, or 0 if another recovery has taken over.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'recovering')
if sale[1] ~= ARGV[1] or sale[2] ~= ARGV[2] then
  return 0
end
for unit in string.gmatch(ARGV[4], '%d+') do
  redis.call('HSET', KEYS[2], unit, ARGV[3])
end
for slot in string.gmatch(ARGV[5], '%d+') do
  redis.call('HSET', KEYS[3], slot, ARGV[1] .. ':' .. ARGV[6] .. ':' .. ARGV[3])
end
-- Redis does not keep the key if the expiry is in the past.
redis.call('SET', KEYS[4], ARGV[1] .. ':' .. ARGV[7] .. ':' .. ARGV[8], 'PXAT', ARGV[9])
return 1
