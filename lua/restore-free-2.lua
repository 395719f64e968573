--[[
Restores a chunk of free unit numbers below the high-water mark.

KEYS  1 sale  2 free
ARGV  1 epoch  2 token  3 and following: units

Returns 1, or 0 if another recovery has taken over.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'recovering')
if sale[1] ~= ARGV[1] or sale[2] ~= ARGV[2] then
  return 0
end
redis.call('SADD', KEYS[2], unpack(ARGV, 3))
return 1
