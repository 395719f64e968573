--[[
Ends a pass of the reconciler, so that another node may begin one.

KEYS  1 pass of the reconciler
ARGV  1 token of the node

Returns 1, or 0 where the pass is another node's by now.
--]]
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'token', 'until')
return 1
