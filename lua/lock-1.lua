--[[
Acquires a lock unless it is already held.

KEYS  1 lock
ARGV  1 unique token of the holder  2 lease, in milliseconds

Returns 1, or 0 if the lock is already held.
--]]
local left = redis.call('PTTL', KEYS[1])
-- A remaining time above the lease comes from another server's clock before a fail-over, and must not block recoveries.
if left >= 0 and left <= tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
