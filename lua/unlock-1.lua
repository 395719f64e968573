--[[
Releases a lock if the caller still holds it.

KEYS  1 lock
ARGV  1 token of the holder

Returns 1, or 0 if the caller no longer holds the lock.
--]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
