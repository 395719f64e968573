--[[
Counts a call in a fixed window, by address.

KEYS  1 counter
ARGV  1 calls that may pass in a window  2 window in milliseconds

Returns a list: 1 admitted or 0 refused; calls left in this window; milliseconds until it ends.
--]]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
-- More than a window can be left only by another server's clock: after a fail-over nobody is shut out for as long.
if left < 0 or left > window then
  redis.call('PEXPIRE', KEYS[1], window)
  left = window
end
if count > limit then
  return {0, 0, left}
end
return {1, limit - count, left}
