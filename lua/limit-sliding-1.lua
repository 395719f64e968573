--[[
Limits the calls of a user in an exact sliding window. It uses the clock of Redis, so the clocks of the nodes do not
matter. Only admitted calls count; otherwise a client that keeps calling would be locked out for ever.

KEYS  1 sorted set of the admitted calls
ARGV  1 maximum number of calls in any window  2 window in milliseconds

Returns a list: 1 if admitted or 0 if refused; calls left; milliseconds until the oldest one leaves the window.
--]]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window * 1000))
-- Entries further ahead than a window come from another server's clock before a fail-over.
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', now + window * 1000), '+inf')
local count = redis.call('ZCARD', KEYS[1])
local admitted = count < limit
if admitted then
  -- The count distinguishes two calls in the same microsecond.
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), string.format('%.0f-%d', now, count))
  redis.call('PEXPIRE', KEYS[1], window)
  count = count + 1
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local reset = math.ceil((tonumber(oldest[2]) + window * 1000 - now) / 1000)
return {admitted and 1 or 0, limit - count, math.max(reset, 1)}
