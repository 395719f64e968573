--[[
Releases the lease of the reconciler, so that another node may begin a pass.

KEYS  1 lease of the reconciler
ARGV  1 token of the node

Returns 1, or 0 if another node holds the lease.
--]]
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'token', 'until')
return 1
