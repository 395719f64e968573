--[[
Lets one node at a time make a pass of the reconciler, and numbers the passes: a repair of an earlier pass, whose node
was halted in the middle, is refused once a later one has repaired the same sale.

KEYS  1 pass of the reconciler
ARGV  1 token of the node  2 how long the pass may last, in milliseconds; extended by asking again

Returns the number of the pass, which is the same where the pass is this node's already; or 0 where another node is at it.
--]]
local pass = redis.call('HMGET', KEYS[1], 'token', 'until', 'number')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local number = tonumber(pass[3] or '0')
local left = tonumber(pass[2] or '0') - now
-- More than a lease can be left only by another server's clock: after a fail-over it must not stop the passes for as long.
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
