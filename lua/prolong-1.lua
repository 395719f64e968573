--[[
Keeps a lock, if it is still the caller's.

KEYS  1 lock
ARGV  1 token with which it was taken  2 how long it is to last from now on, in milliseconds

Returns 1, or 0 where it is another's by now.
--]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
