--[[
Writes a chunk of unit numbers that are free, below the highest one that was ever issued.

KEYS  1 sale  2 free
ARGV  1 epoch  2 token  3 and on: units

Returns 1, or 0 where another recovery has taken over.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'recovering')
if sale[1] ~= ARGV[1] or sale[2] ~= ARGV[2] then
  return 0
end
redis.call('SADD', KEYS[2], unpack(ARGV, 3))
return 1
