--[[
Takes a lock, unless another holds it.

KEYS  1 lock
ARGV  1 token, which nobody else has  2 how long it is to last, in milliseconds

Returns 1, or 0 where it is another's.
--]]
local left = redis.call('PTTL', KEYS[1])
-- More than a lease can be left only by another server's clock: after a fail-over it must not close the sale for as long.
if left >= 0 and left <= tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
