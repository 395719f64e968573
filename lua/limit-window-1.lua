--[[
Limits the calls of an address in a fixed window.

KEYS  1 counter
ARGV  1 maximum number of calls in a window  2 window in milliseconds

Returns a list: 1 if admitted or 0 if refused; calls left in this window; milliseconds until it ends.
--]]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
-- A remaining time above the window comes from another server's clock before a fail-over, and must not lock clients
-- out.
if left < 0 or left > window then
  redis.call('PEXPIRE', KEYS[1], window)
  left = window
end
if count > limit then
  return {0, 0, left}
end
return {1, limit - count, left}
