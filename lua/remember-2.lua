--[[
Binds a key to its persisted order after Redis had reserved other units for the same request.

KEYS  1 sale  2 idempotency
ARGV  1 identity of this server  2 quantity  3 encoded order  4 time to live of the answer, in seconds

Returns 1, or 0 if the sale is not certified; its recovery then binds the key.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'epoch')
if sale[1] ~= ARGV[1] or sale[2] then
  return 0
end
redis.call('SET', KEYS[2], sale[3] .. ':' .. ARGV[2] .. ':' .. ARGV[3], 'EX', ARGV[4])
return 1
