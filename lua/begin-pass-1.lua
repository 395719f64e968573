--[[
Acquires or extends the lease for a pass of the reconciler, so that one node at a time runs it. The number of the pass
is its fencing token: a repair by an earlier pass, whose node was paused, is rejected after a later pass has repaired
the same sale.

KEYS  1 lease of the reconciler
ARGV  1 token of the node  2 duration of the lease, in milliseconds; calling again extends it

Returns the number of the pass, unchanged if this node already holds the lease; or 0 if another node holds it.
--]]
local pass = redis.call('HMGET', KEYS[1], 'token', 'until', 'number')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local number = tonumber(pass[3] or '0')
local left = tonumber(pass[2] or '0') - now
-- A remaining time above the lease comes from another server's clock before a fail-over, and must not block the passes.
local held = left > 0 and left <= tonumber(ARGV[2])
if held and pass[1] ~= ARGV[1] then
  return 0
end
if not held then
  number = number + 1
end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'until', string.format('%.0f', now + tonumber(ARGV[2])), 'number',
  string.format('%d', number))
return number
