--[[
Writes one order back into a sale that is being recovered: who holds its units, its buyer's slots, and the answer under
its key. All of it carries the new epoch; what an older epoch left behind counts as absent and need not be found.

KEYS  1 sale  2 holder  3 user  4 idempotency
ARGV  1 epoch  2 token  3 order id
      4 units and 5 slots joined with commas; '' for an order that holds none any more
      6 when it was reserved, in milliseconds
      7 quantity  8 order as the answer under its key  9 until when that is kept, in milliseconds by this server's clock

Returns 1, or 0 where another recovery has taken over.
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
-- In the past it is not kept at all.
redis.call('SET', KEYS[4], ARGV[1] .. ':' .. ARGV[7] .. ':' .. ARGV[8], 'PXAT', ARGV[9])
return 1
