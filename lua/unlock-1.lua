--[[
Lets a lock go, if it is still the caller's.

KEYS  1 lock
ARGV  1 token with which it was taken

Returns 1, or 0 where it is another's by now.
--]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
