--[[
Closes a sale for its recovery under a new epoch. From here on only the recovery that holds the token may write.

KEYS  1 sale  2 orders (outbox)
ARGV  1 epoch, just raised in MongoDB  2 token

Returns a list, first the code:
  BEGUN       number of orders in the outbox
  SUPERSEDED  epoch: a later recovery has begun already, or MongoDB was set back to an earlier state
--]]
local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
if epoch >= tonumber(ARGV[1]) then
  return {'SUPERSEDED', string.format('%d', epoch)}
end
-- seq counts anew from here on, not from the end: the epoch is its greater part, and it must not fall under one epoch.
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'recovering', ARGV[2], 'seq', '0')
redis.call('HDEL', KEYS[1], 'certifiedBy')
return {'BEGUN', redis.call('HLEN', KEYS[2])}
