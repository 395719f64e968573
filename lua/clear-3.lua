--[[
Deletes the data that a recovery is about to rewrite.

KEYS  1 sale  2 free  3 holder
ARGV  1 epoch  2 token

Returns 1, or 0 if another recovery has taken over.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'recovering')
if sale[1] ~= ARGV[1] or sale[2] ~= ARGV[2] then
  return 0
end
redis.call('UNLINK', KEYS[2], KEYS[3])
return 1
