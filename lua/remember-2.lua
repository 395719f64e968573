--[[
Binds a key to the order that MongoDB holds for it, where Redis had reserved other units for the same request.

KEYS  1 sale  2 idempotency
ARGV  1 identity of this server  2 quantity  3 order  4 how long the answer is kept, in seconds

Returns 1, or 0 where the sale is not certified: its recovery binds the key then.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'epoch')
if sale[1] ~= ARGV[1] or sale[2] then
  return 0
end
redis.call('SET', KEYS[2], sale[3] .. ':' .. ARGV[2] .. ':' .. ARGV[3], 'EX', ARGV[4])
return 1
